import { memberTypes } from '../groups/member.ts';
import { recordStates } from '../ledger/core/group-record.ts';
import { dateTime, ref, text } from './openapi-parts.ts';

const counts = {
  type: 'object',
  required: recordStates,
  properties: Object.fromEntries(recordStates.map((state) => [state, { type: 'integer', minimum: 0 }])),
};

export const groupRecordSchema = {
  type: 'object',
  title: 'Record of a declared group',
  required: [
    'connectionId',
    'id',
    'displayName',
    'description',
    'deleted',
    'state',
    'members',
    'lastChangedDateTime',
  ],
  properties: {
    connectionId: text,
    id: text,
    displayName: { type: ['string', 'null'] },
    description: { type: ['string', 'null'] },
    deleted: { type: 'boolean' },
    state: {
      type: 'string',
      enum: recordStates,
      description: '`failed`: nothing is in progress, and something failed.',
    },
    sequence: { type: 'integer', minimum: 0 },
    members: { ...counts, description: 'Members in each state, including those that should be absent.' },
    lastChangedDateTime: dateTime,
    lastAppliedDateTime: dateTime,
    nextAttemptDateTime: dateTime,
    error: ref('schemas', 'Problem'),
    superseded: {
      const: true,
      description: 'In the response to a change: a later change takes precedence, so nothing changed.',
    },
  },
} as const;

export const memberRecordSchema = {
  type: 'object',
  title: 'Record of a member',
  required: ['type', 'id', 'wanted', 'state'],
  properties: {
    type: { type: 'string', enum: memberTypes },
    id: text,
    wanted: { type: 'boolean', description: '`false`: it should be absent.' },
    state: { type: 'string', enum: recordStates },
    error: ref('schemas', 'Problem'),
  },
} as const;

export const planSchema = {
  type: 'object',
  title: 'What a change would do',
  required: ['dryRun', 'group', 'members'],
  properties: {
    dryRun: { const: true },
    group: { type: 'string', enum: ['create', 'update', 'delete', 'unchanged'] },
    members: {
      type: 'object',
      required: ['add', 'remove', 'unchanged'],
      properties: {
        add: { type: 'integer', minimum: 0 },
        remove: { type: 'integer', minimum: 0 },
        unchanged: { type: 'integer', minimum: 0 },
      },
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
