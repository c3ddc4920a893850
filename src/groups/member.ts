import { type IdCharacters, idCharacterSets } from './external-group.ts';
import { type MemberName, nameKinds } from './member-name.ts';

export const memberTypes = ['user', 'group', 'externalGroup'] as const;
export type MemberType = (typeof memberTypes)[number];

/** A member of a group: an Entra user or group by object id, or an external group by its own id. */
export interface Member {
  readonly type: MemberType;
  readonly id: string;
}

/** A member as its sender gives it: by id, by one name, or by both. */
export interface RequestedMember {
  readonly type: MemberType;
  readonly id?: string;
  readonly name?: MemberName;
  /** JSON pointer to it, where it has a name. */
  readonly at?: string;
}

/** A member as it is recorded. */
export interface DeclaredMember extends Member {
  /** The hash of the name by which it was declared; absent: it was declared by its id alone. */
  readonly nameHash?: string;
}

export const guidPattern = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';

/**
 * No control characters, and no halves of surrogate pairs, which no URL can hold. As ranges: not every validator of callers
 * knows `\p`.
 */
const text = { type: 'string', pattern: '^[^\\u0000-\\u001F\\u007F-\\u009F\\uD800-\\uDFFF]+$' } as const;

/** JSON Schemas of the members of each type, as v1.0 documents them (learn.microsoft.com: externalGroup, post members). */
export function memberVariants(idCharacters: IdCharacters) {
  const entra = { type: 'string', pattern: guidPattern, description: 'Entra object id.' } as const;
  const external = {
    type: 'string',
    minLength: 1,
    maxLength: 128,
    pattern: idCharacterSets[idCharacters].pattern,
    description: 'Id of an external group of the same connection.',
  } as const;
  const byId = <T extends MemberType, I extends object>(type: T, id: I) =>
    ({
      type: 'object',
      required: ['type', 'id'],
      additionalProperties: false,
      properties: { type: { type: 'string', const: type }, id },
    }) as const;
  const user = {
    type: 'object',
    description: `A user by id, by one of ${nameKinds.join(', ')} (as MEMBER_NAMES allows), or by id and one name, which is then not looked up.`,
    required: ['type'],
    additionalProperties: false,
    properties: {
      type: { type: 'string', const: 'user' },
      id: entra,
      upn: { ...text, maxLength: 320, description: 'User principal name.' },
      mail: { ...text, maxLength: 320, description: 'Mail address.' },
      employeeId: { ...text, maxLength: 64, description: 'Employee id.' },
      sid: {
        type: 'string',
        maxLength: 184,
        pattern: '^[sS]-1-[0-9]+(?:-[0-9]+)+$',
        description: 'Security identifier, of Entra ID or of an on-premises directory.',
      },
    },
  } as const;
  return { user, group: byId('group', entra), externalGroup: byId('externalGroup', external) } as const;
}

/** JSON Schema of a member of any type. */
export function memberSchema(idCharacters: IdCharacters) {
  const { user, group, externalGroup } = memberVariants(idCharacters);
  return {
    type: 'object',
    title: 'Member of an external group',
    discriminator: { propertyName: 'type' },
    oneOf: [user, group, externalGroup],
  } as const;
}

/**
 * The identity of a member: one id is one member, whatever its type, because Graph's routes identify a member by its id
 * alone (learn.microsoft.com: externalGroup, delete member). Ids that differ only in case are one as well, because Graph's
 * own rule is unknown.
 */
export function memberIdentity({ id }: Pick<Member, 'id'>): string {
  return id.toLowerCase();
}

/** The key of what Graph is asked about a member: under another type it is another write. */
export function memberKey({ type, id }: Member): string {
  return `${type}:${memberIdentity({ id })}`;
}

/** The keys of the same member under other types: removing one removes the other. */
export function keysOfSameId(key: string): readonly string[] {
  const [own = '', id = ''] = key.split(':');
  return memberTypes.filter((type) => type !== own).map((type) => `${type}:${id}`);
}
