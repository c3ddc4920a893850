import { externalGroupSchema, type IdCharacters } from './external-group.ts';
import { type GroupProperties, groupProperties } from './group-properties.ts';

export type DeclaredGroup = GroupProperties & { readonly id?: string };

/** JSON Schema of a group's id, in a path or a message. */
export function groupIdSchema(idCharacters: IdCharacters) {
  return externalGroupSchema(idCharacters).properties.id;
}

/** JSON Schema of a declared group as a message has it. */
export const groupPropertiesSchema = {
  type: 'object',
  title: 'Properties of a declared group',
  description: 'All properties of the group. A property that is left out is null.',
  additionalProperties: false,
  properties: groupProperties,
} as const;

/** JSON Schema of a declared group in a request, which may include the id. */
export function declaredGroupSchema(idCharacters: IdCharacters) {
  const { properties } = groupPropertiesSchema;
  return {
    ...groupPropertiesSchema,
    title: 'Declared group',
    properties: { id: groupIdSchema(idCharacters), ...properties },
  } as const;
}
