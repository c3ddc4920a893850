import type { FromSchema } from 'json-schema-to-ts';
import { groupProperties, sameProperties } from './group-properties.ts';

/**
 * The characters allowed in a group's id. Microsoft's pages disagree: the reference page says alphanumeric, the concept
 * page URL- and filename-safe Base64. Only the first satisfies both, so it is the default.
 */
export const idCharacterSets = {
  alphanumeric: { pattern: '^[A-Za-z0-9]*$', description: 'A–Z, a–z, 0–9' },
  base64url: { pattern: '^[A-Za-z0-9_-]*$', description: 'A–Z, a–z, 0–9, "-" and "_"' },
} as const;

export type IdCharacters = keyof typeof idCharacterSets;

const schema = {
  type: 'object',
  title: 'External group',
  description: 'microsoft.graph.externalConnectors.externalGroup, as documented for the create call.',
  required: ['id'],
  additionalProperties: false,
  properties: {
    id: {
      type: 'string',
      description: 'Unique within the connection. The caller chooses it; it never changes.',
      minLength: 1,
      maxLength: 128,
      pattern: '^[A-Za-z0-9_-]*$',
    },
    ...groupProperties,
  },
} as const;

/** A group as a caller or a producer sends it: null and absent mean the same. */
export type ExternalGroup = FromSchema<typeof schema>;

/** JSON Schema (2020-12) of the group payload for the chosen id characters. */
export function externalGroupSchema(idCharacters: IdCharacters) {
  const id = { ...schema.properties.id, pattern: idCharacterSets[idCharacters].pattern };
  return { ...schema, properties: { ...schema.properties, id } } as const;
}

/** True if Graph would store the same for both: null, absent and equal strings are treated alike. */
export function sameContent(a: ExternalGroup, b: ExternalGroup): boolean {
  return a.id === b.id && sameProperties(a, b);
}

/** Maximum bytes of a group's JSON, over HTTP and on the queue: with an envelope, in base64, it must fit 64 KiB. */
export const maxGroupBytes = 32 * 1024;

export function isTooLarge(group: ExternalGroup): boolean {
  return Buffer.byteLength(JSON.stringify(group), 'utf8') > maxGroupBytes;
}
