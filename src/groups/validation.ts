import type { ErrorObject } from 'ajv/dist/2020.js';
import { compileSchema } from './compile-schema.ts';
import { connectionIdSchema } from './connection-id.ts';
import {
  type ExternalGroup,
  externalGroupSchema,
  type IdCharacters,
  idCharacterSets,
} from './external-group.ts';
import { guidPattern, memberTypes } from './member.ts';

/** One error in an input: where (a JSON pointer into body, path or query), which rule, and a description. */
export interface ValidationFault {
  readonly in: 'body' | 'path' | 'query';
  readonly pointer: string;
  readonly keyword: string;
  readonly detail: string;
}

type Validated =
  | { readonly ok: true; readonly connectionId: string; readonly group: ExternalGroup }
  | { readonly ok: false; readonly faults: readonly ValidationFault[] };

/** Checks a connection id and a group payload together and reports all errors of both. */
export type ValidateCreation = (connectionId: unknown, group: unknown) => Validated;

export function createValidation(idCharacters: IdCharacters): ValidateCreation {
  const isConnectionId = compileSchema<string>(connectionIdSchema);
  const isGroup = compileSchema<ExternalGroup>(externalGroupSchema(idCharacters));
  return (connectionId, group) => {
    const idIsGood = isConnectionId(connectionId);
    const groupIsGood = isGroup(group);
    if (idIsGood && groupIsGood) return { ok: true, connectionId, group };
    return {
      ok: false,
      faults: [
        ...toFaults('path', '/connectionId', isConnectionId.errors),
        ...toFaults('body', '', isGroup.errors),
      ],
    };
  };
}

/** AJV's errors, each at the property that it is about (AJV points at the parent for some). */
export function toFaults(
  place: ValidationFault['in'],
  base: string,
  errors: readonly ErrorObject[] | null | undefined,
): ValidationFault[] {
  return (errors ?? []).map((error) => ({
    in: place,
    pointer: base + error.instancePath + pointerToProperty(error),
    keyword: error.keyword,
    detail: describeFault(error),
  }));
}

/** Property names come from the sender and can be as long as the body: an error repeats at most this much. */
const maxNamedProperty = 128;

function pointerToProperty({ keyword, params }: ErrorObject): string {
  const named: unknown =
    keyword === 'additionalProperties'
      ? params.additionalProperty
      : keyword === 'required' || keyword === 'dependentRequired'
        ? params.missingProperty
        : keyword === 'discriminator'
          ? params.tag
          : undefined;
  if (typeof named !== 'string') return '';
  return `/${named.slice(0, maxNamedProperty).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function describeFault({ keyword, message, parentSchema, params }: ErrorObject): string {
  if (keyword === 'not' && typeof parentSchema?.description === 'string') return parentSchema.description;
  if (keyword === 'oneOf' && typeof parentSchema?.description === 'string') return parentSchema.description;
  if (keyword === 'additionalProperties') return 'is not an allowed property';
  if (keyword === 'discriminator') return `must be ${memberTypes.join(', ')}`;
  if (keyword === 'required' || keyword === 'dependentRequired') return 'is required';
  if (keyword === 'pattern') return describePattern(params.pattern);
  if (keyword === 'type') return `must be ${[params.type].flat().join(' or ')}`;
  return message ?? `breaks the rule "${keyword}"`;
}

/** A known pattern as text, which is easier to read than a regular expression. */
function describePattern(pattern: string): string {
  if (pattern === guidPattern) return 'must be a GUID';
  const characters = Object.values(idCharacterSets).find((set) => set.pattern === pattern);
  return characters === undefined
    ? `must match ${pattern}`
    : `must have only the characters ${characters.description}`;
}
