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
  title: 'Response to a change',
  description:
    'The record of the group (`GroupRecord`). With `dryRun`, what the change would do (`Plan`), which has the property `dryRun`.',
  required: ['members'],
  properties: {
    ...groupRecordSchema.properties,
    ...planSchema.properties,
    members: {
      type: 'object',
      title: 'Member counts',
      description: 'Members in each state; with `dryRun`, what the change would do with them.',
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
  title: 'Response to a creation',
  description:
    'The group (200, 201), as `ExternalGroup`. If the creation was deferred (202), its `Operation`, which has the property `status`; `id` is then the id of the operation.',
  required: ['id'],
  properties: { ...operationSchema.properties, id: { type: 'string' }, ...groupProperties },
  if: { required: ['status'], properties: { status: {} } },
  then: ref('schemas', 'Operation'),
  else: ref('schemas', 'ExternalGroup'),
} as const;
