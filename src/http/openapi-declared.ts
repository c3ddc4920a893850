import { ref, signed, text } from './openapi-parts.ts';
import { problems, success } from './openapi-responses.ts';

const ofGroup = ['ConnectionId', 'GroupId', 'RequestId'];

function refer(...names: readonly string[]) {
  return names.map((name) => ref('parameters', name));
}

const everyRead = [
  'validation-failed',
  'connection-not-allowed',
  'internal-error',
  'ledger-unavailable',
  'record-unreadable',
] as const;

const everyChange = [
  ...everyRead,
  'request-timeout',
  'payload-too-large',
  'connection-not-found',
  'group-conflict',
  'sequence-required',
  'graph-rejected',
  'graph-access-denied',
  'deferral-unavailable',
] as const;

const everyBody = ['length-required', 'malformed-json', 'unsupported-media-type'] as const;
const ofMembers = [
  'too-many-members',
  'too-many-names',
  'members-refused',
  'group-not-found',
  'directory-access-denied',
] as const;

const recorded = {
  200: success('Recorded and settled, or nothing to do; with `dryRun`, what would be done.', {
    oneOf: [ref('schemas', 'GroupRecord'), ref('schemas', 'Plan')],
  }),
  202: success(
    'Recorded and in progress: poll `Location` after `Retry-After`.',
    ref('schemas', 'GroupRecord'),
    {
      location: ref('headers', 'Location'),
      'retry-after': ref('headers', 'RetryAfter'),
      'preference-applied': { schema: text },
    },
  ),
};

function change(
  operationId: string,
  summary: string,
  body: string | null,
  more: { readonly parameters?: readonly string[]; readonly problems?: Parameters<typeof problems> },
) {
  const named = ['Sequence', ...(more.parameters ?? []), 'DryRun', 'Prefer'];
  return {
    operationId,
    summary,
    parameters: refer(...ofGroup, ...named),
    ...(body === null
      ? {}
      : {
          requestBody: { required: true, content: { 'application/json': { schema: ref('schemas', body) } } },
        }),
    responses: {
      ...recorded,
      ...problems(
        ...everyChange,
        'signed-changes-only',
        ...(body === null ? [] : everyBody),
        ...(more.problems ?? []),
      ),
    },
  };
}

const postChange = {
  operationId: 'postChange',
  summary: 'Declare a change whose body says everything about it, so that a signature covers all of it.',
  parameters: refer('Prefer', ...signed),
  requestBody: {
    required: true,
    content: {
      'application/json': { schema: ref('schemas', 'Change') },
      'application/cloudevents+json': { schema: ref('schemas', 'ChangeEvent') },
    },
  },
  responses: {
    ...recorded,
    ...problems(...everyChange, 'signature-invalid', ...everyBody, ...ofMembers, 'too-many-removals'),
  },
};

/** The routes of declared groups, by the names of their functions. */
export const declaredOperations = {
  'post-change': postChange,
  'list-groups': {
    operationId: 'listGroups',
    summary: 'List the declared groups of a connection.',
    parameters: refer('ConnectionId', 'GroupState', 'Cursor', 'RequestId'),
    responses: {
      200: success(
        'A page; it may be short or even empty as long as it has a `next`.',
        ref('schemas', 'GroupPage'),
      ),
      ...problems(...everyRead),
    },
  },
  'get-group': {
    operationId: 'getGroup',
    summary: 'Read the record of a declared group.',
    parameters: refer(...ofGroup),
    responses: {
      200: success('The record.', ref('schemas', 'GroupRecord')),
      ...problems(...everyRead, 'group-not-managed', 'group-conflict'),
    },
  },
  'put-group': change(
    'putGroup',
    'Declare that a group exists with exactly these properties.',
    'DeclaredGroup',
    {},
  ),
  'delete-group': change(
    'deleteGroup',
    'Declare that a group does not exist; its members are forgotten.',
    null,
    {},
  ),
  'list-members': {
    operationId: 'listMembers',
    summary: 'List the members of a declared group as recorded in the ledger.',
    parameters: refer(...ofGroup, 'MemberState', 'Cursor'),
    responses: {
      200: success(
        'A page; it may be short or even empty as long as it has a `next`.',
        ref('schemas', 'MemberPage'),
      ),
      ...problems(...everyRead, 'group-not-managed', 'group-conflict'),
    },
  },
  'put-members': change('putMembers', 'Declare the complete list of members of a group.', 'Members', {
    parameters: ['Removals'],
    problems: [...ofMembers, 'too-many-removals'],
  }),
  'patch-members': change(
    'patchMembers',
    'Declare members to add to and remove from a group.',
    'MembersChange',
    { problems: [...ofMembers] },
  ),
} as const;
