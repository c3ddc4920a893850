import { connectionIdSchema } from '../groups/connection-id.ts';
import { declaredGroupSchema, groupIdSchema } from '../groups/declared-group.ts';
import { externalGroupSchema, type IdCharacters } from '../groups/external-group.ts';
import { memberSchema, memberVariants } from '../groups/member.ts';
import { patchMembersSchema, postedChangeSchema, putMembersSchema } from '../ledger/change-schemas.ts';
import { cloudEventSchema } from '../ledger/cloud-event.ts';
import { changeAnswerSchema, creationAnswerSchema } from './openapi-answers.ts';
import {
  groupRecordSchema,
  memberCountsSchema,
  memberRecordSchema,
  memberTypeSchema,
  pageOf,
  planSchema,
  recordStateSchema,
} from './openapi-declared-schemas.ts';
import { parameters } from './openapi-parameters.ts';
import { ref, text } from './openapi-parts.ts';
import {
  checkSchema,
  diagnosisSchema,
  operationSchema,
  problemSchema,
  validationFaultSchema,
} from './openapi-schemas.ts';

const headers = {
  RequestId: { schema: text, description: 'The id of this request in the log.' },
  RetryAfter: { schema: { type: 'integer' }, description: 'Seconds to wait.' },
  Location: { schema: text },
  PreferenceApplied: { schema: text, description: '`respond-async`, if the request asked for it.' },
};

/** The components that the operations of the document refer to. */
export function buildComponents(idCharacters: IdCharacters) {
  const externalGroup = externalGroupSchema(idCharacters);
  const change = postedChangeSchema(ref('schemas', 'Member'));
  return {
    securitySchemes: {
      functionKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
      masterKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
    },
    parameters,
    headers,
    schemas: {
      ConnectionId: connectionIdSchema,
      GroupId: groupIdSchema(idCharacters),
      ExternalGroup: externalGroup,
      CreationAnswer: creationAnswerSchema,
      DeclaredGroup: declaredGroupSchema(idCharacters),
      ...memberComponents(idCharacters),
      Members: putMembersSchema(ref('schemas', 'Member')),
      MembersChange: patchMembersSchema(ref('schemas', 'Member')),
      Change: change,
      // In an event the sequence may stand beside the data.
      EventData: { ...change, title: 'Change in an event', dependentRequired: { removals: ['members'] } },
      ChangeEvent: cloudEventSchema(ref('schemas', 'EventData')),
      ChangeAnswer: changeAnswerSchema,
      RecordState: recordStateSchema,
      MemberCounts: memberCountsSchema,
      GroupRecord: groupRecordSchema,
      MemberRecord: memberRecordSchema,
      Plan: planSchema,
      GroupPage: pageOf('groups', 'GroupRecord'),
      MemberPage: pageOf('members', 'MemberRecord'),
      Operation: operationSchema,
      Diagnosis: diagnosisSchema,
      Check: checkSchema,
      Problem: problemSchema,
      ValidationFault: validationFaultSchema,
    },
  };
}

/** A member and its variants by name, as generators need them: the schemas that validate have them in one piece. */
function memberComponents(idCharacters: IdCharacters) {
  const { user, group, externalGroup } = memberVariants(idCharacters);
  const { oneOf: _inOnePiece, discriminator, ...member } = memberSchema(idCharacters);
  const names = { user: 'UserMember', group: 'GroupMember', externalGroup: 'ExternalGroupMember' };
  const refs = Object.entries(names).map(([type, name]) => [type, ref('schemas', name)] as const);
  return {
    MemberType: memberTypeSchema,
    Member: {
      ...member,
      discriminator: {
        ...discriminator,
        mapping: Object.fromEntries(refs.map(([type, { $ref }]) => [type, $ref])),
      },
      oneOf: refs.map(([, variant]) => variant),
    },
    UserMember: user,
    GroupMember: group,
    ExternalGroupMember: externalGroup,
  };
}
