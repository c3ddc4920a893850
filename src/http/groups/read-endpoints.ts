import { createFaultList, type FaultList } from '../../groups/fault-list.ts';
import type { ReadTarget } from '../../groups/target.ts';
import { recordStates } from '../../ledger/core/group-record.ts';
import type { LedgerReader } from '../../ledger/ledger-reader.ts';
import { AdapterError } from '../../problems/adapter-error.ts';
import { deadlineFor, graceOfAnswer } from '../../shared/answer-in-time.ts';
import type { Clock } from '../../shared/clock.ts';
import { admit, type Callers, validationFailed } from '../admit.ts';
import { createEndpoint, type Endpoint } from '../endpoint.ts';
import { readPrefer } from '../prefer.ts';
import { cursorText, oneOf, readQuery } from '../read-query.ts';
import type { IncomingRequest } from '../request.ts';
import { json } from '../respond.ts';
import { readInTime } from './ledger-in-time.ts';

interface ReadEndpointDependencies {
  readonly callers: Callers;
  readonly target: ReadTarget;
  readonly ledger: LedgerReader;
  /** Milliseconds. */
  readonly graphDeadline: number;
  readonly clock: Clock;
}

/** Milliseconds: a read never waits for Graph, so it responds within seconds even if storage is slow. */
const maxRead = 8_000;

const states = oneOf(recordStates);
const groupStates = oneOf([...recordStates, 'deleted'] as const);

/** `GET /api/connections/{connectionId}/groups/{groupId}` */
export function createGetGroupEndpoint(dependencies: ReadEndpointDependencies): Endpoint {
  const { callers, target, ledger, clock } = dependencies;
  return createEndpoint(async ({ request }) => {
    const { connectionId, groupId } = await admit(request, callers, {
      types: null,
      read: (_body, faults) => {
        readQuery(request.url, {}, faults);
        return narrowGroup(request, target, faults);
      },
    });
    const record = await readInTime(
      readWithin(request, dependencies),
      ledger.readGroup(connectionId, groupId),
      clock,
    );
    if (record === null) throw notManaged();
    requireSpelling(record.id, groupId);
    return json(200, record, {});
  });
}

/** `GET /api/connections/{connectionId}/groups/{groupId}/members` */
export function createListMembersEndpoint(dependencies: ReadEndpointDependencies): Endpoint {
  const { callers, target, ledger, clock } = dependencies;
  return createEndpoint(async ({ request }) => {
    const { connectionId, groupId, query } = await admit(request, callers, {
      types: null,
      read: (_body, faults) => {
        const asked = readQuery(request.url, { state: states, cursor: cursorText }, faults);
        const narrowed = narrowGroup(request, target, faults);
        return narrowed === null ? null : { ...narrowed, query: asked };
      },
    });
    const reading = ledger.listMembers(connectionId, groupId, query);
    const page = await readInTime(readWithin(request, dependencies), namingCursor(reading), clock);
    if (page === null) throw notManaged();
    requireSpelling(page.groupId, groupId);
    const { entries, next } = page;
    return json(200, { members: entries, ...(next === undefined ? {} : { next }) }, {});
  });
}

/** `GET /api/connections/{connectionId}/groups` */
export function createListGroupsEndpoint(dependencies: ReadEndpointDependencies): Endpoint {
  const { callers, target, ledger, clock } = dependencies;
  return createEndpoint(async ({ request }) => {
    const { connectionId, query } = await admit(request, callers, {
      types: null,
      read: (_body, faults) => {
        const asked = readQuery(request.url, { state: groupStates, cursor: cursorText }, faults);
        const narrowed = target.connectionId(request.params.connectionId, faults);
        return narrowed === null ? null : { connectionId: narrowed, query: asked };
      },
    });
    const reading = ledger.listGroups(connectionId, query);
    const { entries, next } = await readInTime(
      readWithin(request, dependencies),
      namingCursor(reading),
      clock,
    );
    return json(200, { groups: entries, ...(next === undefined ? {} : { next }) }, {});
  });
}

function readWithin({ headers }: IncomingRequest, { graphDeadline }: ReadEndpointDependencies): number {
  return Math.min(maxRead, deadlineFor(graphDeadline, readPrefer(headers).wait) + graceOfAnswer);
}

function narrowGroup({ params }: IncomingRequest, target: ReadTarget, faults: FaultList) {
  const connectionId = target.connectionId(params.connectionId, faults);
  const groupId = target.groupId(params.groupId, faults);
  return connectionId === null || groupId === null ? null : { connectionId, groupId };
}

/** A cursor that the ledger does not know is reported like any other error in the query. */
async function namingCursor<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (thrown) {
    if (!(thrown instanceof AdapterError) || thrown.code !== 'validation-failed') throw thrown;
    const faults = createFaultList();
    const detail = 'must be the "next" value of another page of this list';
    faults.add([{ in: 'query', pointer: '/cursor', keyword: 'format', detail }]);
    throw validationFailed(faults);
  }
}

function notManaged(): AdapterError {
  return new AdapterError('group-not-managed', 'The group was never declared here.');
}

/** Ids that differ only in case are one group, recorded in the spelling of its first declaration. */
function requireSpelling(recorded: string, asked: string): void {
  if (recorded === asked) return;
  throw new AdapterError('group-conflict', `The group is recorded as "${recorded}".`, {
    members: { existing: { id: recorded }, requested: { id: asked } },
  });
}
