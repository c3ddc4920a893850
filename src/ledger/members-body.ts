import { maxMembers } from '../groups/member-list.ts';

/** JSON Schema of the complete list of members of a group. `member`: that of one, `{}` for the outline alone. */
export function putMembersSchema(member: object) {
  return {
    type: 'object',
    title: 'Members of a group',
    description: `All that the group shall have, ${maxMembers.toLocaleString('en')} at the most; one that stands there twice is one.`,
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
    description:
      'Members that it shall have besides, and those that it shall have no longer; none may be in both.',
    minProperties: 1,
    additionalProperties: false,
    properties: { add: { type: 'array', items: member }, remove: { type: 'array', items: member } },
  } as const;
}
