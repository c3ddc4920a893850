import type { IdCharacters } from '../../groups/external-group.ts';
import { createTargetReader } from '../../groups/target.ts';
import { createChangeReader } from '../../ledger/change-reader.ts';
import type { Declarations } from '../../ledger/declarations.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Callers } from '../admit.ts';
import type { Endpoint } from '../endpoint.ts';
import { createChangeEndpoint } from './change-endpoint.ts';
import { createPostChangeEndpoint } from './post-change-endpoint.ts';
import {
  createGetGroupEndpoint,
  createListGroupsEndpoint,
  createListMembersEndpoint,
} from './read-endpoints.ts';

/** The routes of declared groups. */
export interface DeclaredEndpoints {
  readonly postChange: Endpoint;
  readonly putGroup: Endpoint;
  readonly deleteGroup: Endpoint;
  readonly getGroup: Endpoint;
  readonly putMembers: Endpoint;
  readonly patchMembers: Endpoint;
  readonly listMembers: Endpoint;
  readonly listGroups: Endpoint;
}

export interface DeclaredEndpointsDependencies {
  readonly callers: Callers;
  readonly declarations: Omit<Declarations, 'look'>;
  readonly idCharacters: IdCharacters;
  /** Milliseconds. */
  readonly graphDeadline: number;
  readonly clock: Clock;
}

export function createDeclaredEndpoints({
  callers,
  declarations: { declare, planChange, ledger },
  idCharacters,
  graphDeadline,
  clock,
}: DeclaredEndpointsDependencies): DeclaredEndpoints {
  const changing = {
    callers,
    reader: createChangeReader(idCharacters),
    ledger: { declare, plan: planChange },
    graphDeadline,
    clock,
  };
  const reading = { callers, target: createTargetReader(idCharacters), reader: ledger, graphDeadline, clock };
  return {
    postChange: createPostChangeEndpoint({ ...changing, idCharacters }),
    putGroup: createChangeEndpoint('put-group', changing),
    deleteGroup: createChangeEndpoint('delete-group', changing),
    getGroup: createGetGroupEndpoint(reading),
    putMembers: createChangeEndpoint('put-members', changing),
    patchMembers: createChangeEndpoint('patch-members', changing),
    listMembers: createListMembersEndpoint(reading),
    listGroups: createListGroupsEndpoint(reading),
  };
}
