import { maxMembers } from '../groups/member-list.ts';

/** JSON Schema of the complete list of members of a group. `member`: that of one, `{}` for the outline alone. */
export function putMembersSchema(member: object) {
  return {
    type: 'object',
    title: 'Members of a group',
    description: `All members of the group, ${maxMembers.toLocaleString('en')} at most. A member that is listed twice counts once.`,
    required: ['members'],
    additionalProperties: false,
    properties: { members: { type: 'array', items: member } },
  } as const;
}

/** JSON Schema of a change of members. */
export function patchMembersSchema(member: object) {
  return {
    type: 'object',
    title: 'Change of the members of a group',
    description: 'Members to add and to remove. No member can be in both lists.',
    minProperties: 1,
    additionalProperties: false,
    properties: { add: { type: 'array', items: member }, remove: { type: 'array', items: member } },
  } as const;
}
