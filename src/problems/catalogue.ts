/** Every problem that the adapter can report: the source of responses, OpenAPI and docs/problems.md. */
export const problemCatalogue = {
  'malformed-json': {
    status: 400,
    title: 'The body is not JSON',
    remedy: 'Send one JSON object in UTF-8, without a byte order mark and without duplicate names.',
  },
  'validation-failed': {
    status: 400,
    title: 'The request breaks the schema',
    remedy: 'Correct every entry of `errors`; the schema is in `GET /api/openapi.json`.',
  },
  'signature-invalid': {
    status: 401,
    title: 'The webhook signature is missing or wrong',
    remedy: 'Sign the exact bytes with a current secret (Standard Webhooks); check the clock.',
  },
  'connection-not-allowed': {
    status: 403,
    title: 'This adapter may not write to that connection',
    remedy: 'Add the connection to `EXTERNAL_CONNECTIONS`, or send to the adapter that serves it.',
  },
  'signed-changes-only': {
    status: 403,
    title: 'Changes of this connection must be signed as a whole',
    remedy:
      'Send the change as a signed message to `POST /api/changes`: a signature covers only the body, and that message has everything in it.',
  },
  'connection-not-found': {
    status: 404,
    title: 'Graph does not know the connection',
    remedy: 'Check the connection id. A connection of another application may also look absent.',
  },
  'operation-not-found': {
    status: 404,
    title: 'There is no such operation',
    remedy: 'Use the `Location` of the 202 response unchanged.',
  },
  'group-not-managed': {
    status: 404,
    title: 'The group was never declared here',
    remedy: 'Declare it with `PUT`. Groups created with `POST`, or by others, are not in the ledger.',
  },
  'group-not-found': {
    status: 404,
    title: 'Graph has no such group',
    remedy: 'Declare the group with `PUT`; the recorded members are then added.',
  },
  'source-not-found': {
    status: 404,
    title: 'There is no such source, or it is not set up',
    remedy:
      'Check the name in the address, and set both `SOURCE_<NAME>_SECRETS` and `SOURCE_<NAME>_CONNECTION`. Then redrive the dead letters, if any.',
  },
  'mapping-failed': {
    status: 422,
    title: 'The event of a source cannot be mapped to changes',
    remedy:
      'The dead letter has the event, and says what is missing or wrong. Fix the mapping in `sources/`, or the setting that it names, deploy, and redrive the dead letter.',
  },
  'too-many-names': {
    status: 413,
    title: 'The request names too many people',
    remedy: 'Send at most 1,000 names per request, or send object ids: a list can have 50,000 of them.',
  },
  'directory-access-denied': {
    status: 502,
    title: 'Entra ID does not let the app look up names',
    remedy:
      'Grant the role that `MEMBER_NAMES` needs (`external-groups grant --role User.ReadBasic.All`, or `User.Read.All` for `employeeId` and `sid`). A token obtained before the grant lasts up to 24 hours.',
  },
  'request-timeout': {
    status: 408,
    title: 'The body did not arrive in time',
    remedy:
      'Send the whole body at once. This occurs only with `HTTP_STREAMING`; without it, the Functions host ends a slow request with an empty `500`.',
  },
  'group-conflict': {
    status: 409,
    title: 'A different group has this id',
    remedy: 'Compare `existing` with `requested`; choose another id, or change the group in Graph.',
  },
  'sequence-required': {
    status: 409,
    title: 'Changes of this group need a sequence',
    remedy: 'Send `sequence` with every change of a group that was changed with a sequence before.',
  },
  'too-many-removals': {
    status: 409,
    title: 'The change would remove too many members',
    remedy:
      'Check the source. To remove that many members, send the change again with `removals` set to at least that number.',
  },
  superseded: {
    status: 409,
    title: 'A later change takes precedence',
    remedy:
      'The group was deleted after the creation was queued. If it should exist, declare it with `PUT`; otherwise there is nothing to do.',
  },
  'length-required': {
    status: 411,
    title: 'The body has no length',
    remedy:
      'Send `Content-Length` instead of `Transfer-Encoding: chunked`; in .NET call `LoadIntoBufferAsync` on the content first, or send a `StringContent`. Or set `HTTP_STREAMING` to `true`.',
  },
  'payload-too-large': {
    status: 413,
    title: 'The body is too large',
    remedy:
      'Shorten `displayName` or `description` (32 KiB), or send fewer members in one request (4 MiB). An event of a source can have 42 KiB.',
  },
  'too-many-members': {
    status: 413,
    title: 'A group has at most 50,000 members',
    remedy: 'Split the group, and make the parts members of one group.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is not declared as JSON',
    remedy: 'Send `Content-Type: application/json` and no `Content-Encoding`.',
  },
  'graph-rejected': {
    status: 422,
    title: 'Graph refuses the group',
    remedy: 'Look up `graph.code`; quote `graph.requestId` to Microsoft support.',
  },
  'members-refused': {
    status: 422,
    title: 'Members are refused',
    remedy:
      'If `errors` points to names, nobody or several people have them: correct them or send object ids. Otherwise, Graph refused members: list them with `GET …/members?state=failed`, and correct or remove them. The rest of the change is recorded.',
  },
  'internal-error': {
    status: 500,
    title: 'The adapter failed',
    remedy: 'Look up the request id in the log and report it.',
  },
  'graph-access-denied': {
    status: 502,
    title: 'Graph refuses the adapter’s identity',
    remedy:
      'Grant `ExternalItem.ReadWrite.OwnedBy` to the managed identity and let it own the connection (or list its app id in the connection’s `authorizedAppIds`). A token obtained before the grant lasts up to 24 hours.',
  },
  'graph-unavailable': {
    status: 503,
    title: 'Graph cannot accept the group now',
    remedy: 'Nothing to do: the creation is queued and retried at `nextAttemptDateTime`.',
  },
  'gave-up': {
    status: 503,
    title: 'Graph stayed unavailable for too long',
    remedy:
      'When Graph responds again, redrive the dead letter, or retry the declared group (`external-groups groups retry`).',
  },
  'deferral-unavailable': {
    status: 503,
    title: 'The request could not be queued or recorded',
    remedy: 'Nothing was accepted: send the request again after `Retry-After`.',
  },
  'operations-unavailable': {
    status: 503,
    title: 'The operations cannot be read now',
    remedy: 'Send the request again after `Retry-After`.',
  },
  'ledger-unavailable': {
    status: 503,
    title: 'The ledger cannot be read now',
    remedy: 'Send the request again after `Retry-After`.',
  },
  'record-unreadable': {
    status: 503,
    title: 'The record of the group cannot be read',
    remedy:
      'The log names the record and says why. If a later release wrote it, deploy that release to every instance; if it is damaged, restore or delete its rows in the table `externalGroupLedger`. Until then, the adapter leaves it unchanged.',
  },
  'later-version': {
    status: 500,
    title: 'A later release wrote the message',
    remedy: 'Deploy that release, and redrive the dead letter with its CLI.',
  },
  crashed: {
    status: 500,
    title: 'Processing the message failed repeatedly',
    remedy: 'Find the exception in the log by the operation id, fix the cause, and redrive the dead letter.',
  },
} as const satisfies Record<string, { status: number; title: string; remedy: string }>;

export type ProblemCode = keyof typeof problemCatalogue;

const body = ['length-required', 'malformed-json', 'unsupported-media-type'] as const;
const received = [
  'connection-not-allowed',
  'request-timeout',
  'payload-too-large',
  'internal-error',
  'deferral-unavailable',
] as const;
const graph = ['connection-not-found', 'group-conflict', 'graph-rejected', 'graph-access-denied'] as const;

/** The problems that come with what a request does, as OpenAPI lists them; a route has those of all that it does. */
export const problemsOf = {
  read: [
    'validation-failed',
    'connection-not-allowed',
    'internal-error',
    'ledger-unavailable',
    'record-unreadable',
  ],
  oneGroup: ['group-not-managed', 'group-conflict'],
  change: ['request-timeout', 'payload-too-large', ...graph, 'sequence-required', 'deferral-unavailable'],
  body,
  members: [
    'too-many-members',
    'too-many-names',
    'members-refused',
    'group-not-found',
    'directory-access-denied',
  ],
  creation: [...body, 'validation-failed', 'signature-invalid', ...received, ...graph],
  operation: ['operation-not-found', 'internal-error', 'operations-unavailable'],
  event: [...body, 'signature-invalid', 'source-not-found', ...received],
} as const satisfies Readonly<Record<string, readonly ProblemCode[]>>;
