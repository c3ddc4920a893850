import { problemsOf } from '../problems/catalogue.ts';
import { createChangeEndpoint } from './groups/change-endpoint.ts';
import { createPostChangeEndpoint } from './groups/post-change-endpoint.ts';
import {
  createGetGroupEndpoint,
  createListGroupsEndpoint,
  createListMembersEndpoint,
} from './groups/read-endpoints.ts';
import { examples } from './openapi-examples.ts';
import { type DescribedRoute, ref, refer, signed } from './openapi-parts.ts';
import { content, deferredHeaders, jsonBody, problems, success } from './openapi-responses.ts';

const ofGroup = ['ConnectionId', 'GroupId', 'RequestId'];

const { read, oneGroup, members } = problemsOf;
const everyChange = [...read, ...problemsOf.change] as const;

const answer = ref('schemas', 'ChangeAnswer');
const recorded = {
  200: success(
    'Recorded and settled, or nothing to do; with `dryRun`, what the change would do.',
    content(answer, examples.settled),
  ),
  202: success(
    'Recorded and in progress: poll `Location` after `Retry-After`.',
    content(answer, examples.recorded),
    deferredHeaders,
  ),
};

const howRecorded =
  'The change is recorded first, then applied in Graph and retried until Graph matches. Sending it again is safe; the latest change wins.';

interface Change extends Pick<DescribedRoute, 'open' | 'operationId' | 'tags' | 'summary' | 'description'> {
  readonly requestBody?: ReturnType<typeof jsonBody>;
  readonly parameters?: readonly string[];
  readonly problems?: Parameters<typeof problems>;
}

/** A route that changes the group in its path. */
function change(route: Change): DescribedRoute {
  const { open, operationId, tags, summary, description, requestBody } = route;
  return {
    open,
    operationId,
    tags,
    summary,
    description: `${description} ${howRecorded}`,
    parameters: refer(...ofGroup, 'Sequence', ...(route.parameters ?? []), 'DryRun', 'Prefer'),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: {
      ...recorded,
      ...problems(
        ...everyChange,
        'signed-changes-only',
        ...(requestBody === undefined ? [] : problemsOf.body),
        ...(route.problems ?? []),
      ),
    },
  };
}

const aPage = 'A page; it may be short or even empty as long as it has a `next`.';

/** The routes of declared groups, by the names of their functions. */
export const declaredRoutes = {
  'post-change': {
    open: (services) => services.limited(createPostChangeEndpoint(services)),
    operationId: 'postChange',
    tags: ['Changes'],
    summary: 'Declare a change with everything in its body.',
    description: `The route for callers who sign, because a signature covers only the body. Also accepts a CloudEvents 1.0 event with the change as its data. ${howRecorded}`,
    parameters: refer('Prefer', ...signed),
    requestBody: {
      required: true,
      content: {
        'application/json': content(ref('schemas', 'Change'), examples.change),
        'application/cloudevents+json': content(ref('schemas', 'ChangeEvent'), examples.event),
      },
    },
    responses: {
      ...recorded,
      ...problems(...everyChange, 'signature-invalid', ...problemsOf.body, ...members, 'too-many-removals'),
    },
  },
  'list-groups': {
    open: createListGroupsEndpoint,
    operationId: 'listGroups',
    tags: ['Groups'],
    summary: 'List the declared groups of a connection.',
    description: 'Reads the ledger, not Graph: Graph does not list external groups.',
    parameters: refer('ConnectionId', 'GroupState', 'Cursor', 'RequestId'),
    responses: {
      200: success(aPage, content(ref('schemas', 'GroupPage'), examples.groups)),
      ...problems(...read),
    },
  },
  'get-group': {
    open: createGetGroupEndpoint,
    operationId: 'getGroup',
    tags: ['Groups'],
    summary: 'Read the record of a declared group.',
    description:
      '`state` says whether Graph has confirmed everything that was declared. Reads the ledger, not Graph.',
    parameters: refer(...ofGroup),
    responses: {
      200: success('The record.', content(ref('schemas', 'GroupRecord'), examples.record)),
      ...problems(...read, ...oneGroup),
    },
  },
  'put-group': change({
    open: (services) => createChangeEndpoint('put-group', services),
    operationId: 'putGroup',
    tags: ['Groups'],
    summary: 'Declare that a group exists with exactly these properties.',
    description: 'Creates or updates the group as needed. A property that is left out is null.',
    requestBody: jsonBody('DeclaredGroup', examples.properties),
  }),
  'delete-group': change({
    open: (services) => createChangeEndpoint('delete-group', services),
    operationId: 'deleteGroup',
    tags: ['Groups'],
    summary: 'Declare that a group does not exist.',
    description: 'Its members are forgotten: if the group is declared again, it is empty.',
  }),
  'list-members': {
    open: createListMembersEndpoint,
    operationId: 'listMembers',
    tags: ['Members'],
    summary: 'List the members of a declared group as recorded in the ledger.',
    description:
      'Includes members that should be absent (`wanted` is false) until Graph has confirmed their removal. Reads the ledger, not Graph.',
    parameters: refer(...ofGroup, 'MemberState', 'Cursor'),
    responses: {
      200: success(aPage, content(ref('schemas', 'MemberPage'), examples.memberPage)),
      ...problems(...read, ...oneGroup),
    },
  },
  'put-members': change({
    open: (services) => services.limited(createChangeEndpoint('put-members', services)),
    operationId: 'putMembers',
    tags: ['Members'],
    summary: 'Declare the complete list of members of a group.',
    description:
      'Removes members that are not listed. A list that would remove more than 10 members, and more than half of the group, needs `removals`.',
    requestBody: jsonBody('Members', examples.members),
    parameters: ['Removals'],
    problems: [...members, 'too-many-removals'],
  }),
  'patch-members': change({
    open: (services) => services.limited(createChangeEndpoint('patch-members', services)),
    operationId: 'patchMembers',
    tags: ['Members'],
    summary: 'Declare members to add to and remove from a group.',
    description: 'Other members do not change.',
    requestBody: jsonBody('MembersChange', examples.membersChange),
    problems: [...members],
  }),
} as const satisfies Readonly<Record<string, DescribedRoute>>;
