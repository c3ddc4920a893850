import { createTargetReader } from '../../groups/target.ts';
import type { ChangeRules } from '../../ledger/change-message.ts';
import { createChangeReader } from '../../ledger/change-reader.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Callers } from '../admit.ts';
import type { Endpoint } from '../endpoint.ts';
import type { RouteName } from '../routes.ts';
import { createChangeEndpoint } from './change-endpoint.ts';
import { createLargeChangeLimit } from './limit-large-changes.ts';
import { createPostChangeEndpoint } from './post-change-endpoint.ts';
import {
  createGetGroupEndpoint,
  createListGroupsEndpoint,
  createListMembersEndpoint,
} from './read-endpoints.ts';

/** The routes of declared groups, by the names of their functions. */
type DeclaredRoute = Exclude<
  RouteName,
  'create-group' | 'get-operation' | 'receive-event' | 'get-health' | 'get-diagnostics' | 'get-openapi'
>;

type DeclaredEndpoints = { readonly [name in DeclaredRoute]: Endpoint };

interface DeclaredEndpointsDependencies {
  readonly callers: Callers;
  readonly ledger: Omit<Ledger, 'look'>;
  readonly rules: Pick<ChangeRules, 'idCharacters' | 'memberNames'>;
  /** Milliseconds. */
  readonly graphDeadline: number;
  readonly clock: Clock;
}

export function createDeclaredEndpoints({
  callers,
  ledger,
  rules: { idCharacters, memberNames },
  graphDeadline,
  clock,
}: DeclaredEndpointsDependencies): DeclaredEndpoints {
  const changing = {
    callers,
    reader: createChangeReader(idCharacters, memberNames),
    ledger,
    graphDeadline,
    clock,
  };
  const reading = { callers, target: createTargetReader(idCharacters), reader: ledger, graphDeadline, clock };
  const limited = createLargeChangeLimit();
  return {
    'post-change': limited(createPostChangeEndpoint({ ...changing, idCharacters })),
    'put-group': createChangeEndpoint('put-group', changing),
    'delete-group': createChangeEndpoint('delete-group', changing),
    'get-group': createGetGroupEndpoint(reading),
    'put-members': limited(createChangeEndpoint('put-members', changing)),
    'patch-members': limited(createChangeEndpoint('patch-members', changing)),
    'list-members': createListMembersEndpoint(reading),
    'list-groups': createListGroupsEndpoint(reading),
  };
}
