import { eachProperty, groupProperties, groupPropertyNames } from '../groups/group-properties.ts';
import { memberTypes } from '../groups/member.ts';
import { recordStates } from '../ledger/core/group-record.ts';
import { count, dateTime, onlyTrue, ref, text } from './openapi-parts.ts';

export const recordStateSchema = {
  type: 'string',
  enum: recordStates,
  description: '`failed`: nothing is in progress, and something failed.',
} as const;

export const memberTypeSchema = { type: 'string', enum: memberTypes } as const;

export const memberCountsSchema = {
  type: 'object',
  description: 'Members in each state, including those that should be absent.',
  required: recordStates,
  properties: { applied: count, applying: count, failed: count },
} as const;

export const groupRecordSchema = {
  type: 'object',
  title: 'Record of a declared group',
  required: [
    'connectionId',
    'id',
    ...groupPropertyNames,
    'deleted',
    'state',
    'members',
    'lastChangedDateTime',
  ],
  properties: {
    connectionId: text,
    id: text,
    ...eachProperty((name) => ({ type: groupProperties[name].type })),
    deleted: { type: 'boolean' },
    state: ref('schemas', 'RecordState'),
    sequence: { ...count, maximum: Number.MAX_SAFE_INTEGER },
    members: ref('schemas', 'MemberCounts'),
    lastChangedDateTime: dateTime,
    lastAppliedDateTime: dateTime,
    nextAttemptDateTime: dateTime,
    error: ref('schemas', 'Problem'),
    superseded: {
      ...onlyTrue,
      description:
        'In the response to a change: a later change takes precedence, so this one changed nothing.',
    },
  },
} as const;

export const memberRecordSchema = {
  type: 'object',
  title: 'Record of a member',
  required: ['type', 'id', 'wanted', 'state'],
  properties: {
    type: ref('schemas', 'MemberType'),
    id: text,
    wanted: { type: 'boolean', description: '`false`: it should be absent.' },
    state: ref('schemas', 'RecordState'),
    error: ref('schemas', 'Problem'),
  },
} as const;

export const planSchema = {
  type: 'object',
  title: 'What a change would do',
  required: ['dryRun', 'group', 'members'],
  properties: {
    dryRun: onlyTrue,
    group: { type: 'string', enum: ['create', 'update', 'delete', 'unchanged'] },
    members: {
      type: 'object',
      required: ['add', 'remove', 'unchanged'],
      properties: { add: count, remove: count, unchanged: count },
    },
    refused: ref('schemas', 'Problem'),
  },
} as const;

/** A page of a list; the last one has no `next`. */
export function pageOf(name: string, schema: string) {
  return {
    type: 'object',
    required: [name],
    properties: {
      [name]: { type: 'array', maxItems: 1_000, items: ref('schemas', schema) },
      next: { ...text, description: 'The `cursor` of the next page; absent on the last one.' },
    },
  };
}
