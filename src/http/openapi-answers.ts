import { groupProperties } from '../groups/group-properties.ts';
import { groupRecordSchema, memberCountsSchema, planSchema } from './openapi-declared-schemas.ts';
import { ref } from './openapi-parts.ts';
import { operationSchema } from './openapi-schemas.ts';

/*
 * Clients generated from this document have one type for all successful answers of an operation. Where an operation has
 * two kinds of answer, that type has the properties of both; `if` tells a validator which one it is. A `oneOf` would need
 * a discriminator, a property that both kinds have, and the answers have none.
 */

/** The answer to a change: the record of the group, or with `dryRun` a plan. */
export const changeAnswerSchema = {
  type: 'object',
  title: 'Answer to a change',
  description:
    'The record of the group (`GroupRecord`). Of a trial (`dryRun`): what the change would do (`Plan`), told by `dryRun`.',
  required: ['members'],
  properties: {
    ...groupRecordSchema.properties,
    ...planSchema.properties,
    members: {
      type: 'object',
      title: 'Counts of members',
      description: 'Members in each state; of a trial, what would be done with them.',
      properties: { ...memberCountsSchema.properties, ...planSchema.properties.members.properties },
    },
  },
  if: { required: ['dryRun'], properties: { dryRun: {} } },
  then: ref('schemas', 'Plan'),
  else: ref('schemas', 'GroupRecord'),
} as const;

/** The answer to a creation: the group, or where it was deferred the operation. */
export const creationAnswerSchema = {
  type: 'object',
  title: 'Answer to a creation',
  description:
    'The group (200, 201), as `ExternalGroup`. Where the creation was deferred (202): its `Operation`, told by `status`; `id` is the id of the operation then.',
  required: ['id'],
  properties: { ...operationSchema.properties, id: { type: 'string' }, ...groupProperties },
  if: { required: ['status'], properties: { status: {} } },
  then: ref('schemas', 'Operation'),
  else: ref('schemas', 'ExternalGroup'),
} as const;
