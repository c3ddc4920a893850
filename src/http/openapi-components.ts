import { connectionIdSchema } from '../groups/connection-id.ts';
import { declaredGroupSchema, groupIdSchema } from '../groups/declared-group.ts';
import { externalGroupSchema, type IdCharacters } from '../groups/external-group.ts';
import { memberSchema } from '../groups/member.ts';
import { postedChangeSchema } from '../ledger/change-message-schema.ts';
import { cloudEventSchema } from '../ledger/cloud-event.ts';
import { patchMembersSchema, putMembersSchema } from '../ledger/members-body.ts';
import { groupRecordSchema, memberRecordSchema, pageOf, planSchema } from './openapi-declared-schemas.ts';
import { parameters } from './openapi-parameters.ts';
import { ref, text } from './openapi-parts.ts';
import { diagnosisSchema, operationSchema, problemSchema, validationFaultSchema } from './openapi-schemas.ts';

const headers = {
  RequestId: { schema: text, description: 'The id of this request in the log.' },
  RetryAfter: { schema: { type: 'integer' }, description: 'Seconds.' },
  Location: { schema: text },
};

/** The components that the operations of the document refer to. */
export function buildComponents(idCharacters: IdCharacters) {
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
      ExternalGroup: externalGroupSchema(idCharacters),
      DeclaredGroup: declaredGroupSchema(idCharacters),
      Member: memberSchema(idCharacters),
      Members: putMembersSchema(ref('schemas', 'Member')),
      MembersChange: patchMembersSchema(ref('schemas', 'Member')),
      Change: postedChangeSchema(ref('schemas', 'Member')),
      ChangeEvent: cloudEventSchema(ref('schemas', 'Change')),
      GroupRecord: groupRecordSchema,
      MemberRecord: memberRecordSchema,
      Plan: planSchema,
      GroupPage: pageOf('groups', 'GroupRecord'),
      MemberPage: pageOf('members', 'MemberRecord'),
      Operation: operationSchema,
      Diagnosis: diagnosisSchema,
      Problem: problemSchema,
      ValidationFault: validationFaultSchema,
    },
  };
}
