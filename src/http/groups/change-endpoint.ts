import { createFaultList, type FaultList } from '../../groups/fault-list.ts';
import { maxMembers } from '../../groups/member-list.ts';
import { type DeclaredKind, excessMembers, type ReadChange } from '../../ledger/change-reader.ts';
import type { Change } from '../../ledger/core/change.ts';
import type { Declare, PlanChange } from '../../ledger/declaration.ts';
import { AdapterError } from '../../problems/adapter-error.ts';
import type { Clock } from '../../shared/clock.ts';
import { createEndpoint, type Endpoint } from '../endpoint.ts';
import { requireJson } from '../media-type.ts';
import { parseJson } from '../parse-json.ts';
import { type Preference, readPrefer } from '../prefer.ts';
import { maxBody, maxMembersBody, readBody } from '../read-body.ts';
import { readQuery, trueOrFalse, wholeNumber } from '../read-query.ts';
import { type IncomingRequest, pathOf } from '../request.ts';
import { validationFailed } from '../validation-failed.ts';
import { answerDeclared, answerPlan } from './answer-declared.ts';
import { type Callers, requireAllowed } from './callers.ts';
import { grace, readInTime, recordedInTime } from './ledger-in-time.ts';

export interface ChangeEndpointDependencies {
  readonly callers: Callers;
  readonly readChange: ReadChange;
  readonly ledger: { readonly declare: Declare; readonly plan: PlanChange };
  /** Milliseconds. */
  readonly graphDeadline: number;
  readonly clock: Clock;
}

/** Milliseconds past the deadline within which the ledger must respond, so that a recorded change is reported as such. */
const graceOfLedger = 1_500;

const longest: { readonly [kind in DeclaredKind]: number } = {
  'put-group': maxBody,
  'delete-group': maxBody,
  'put-members': maxMembersBody,
  'patch-members': maxMembersBody,
};

/**
 * One of the routes that declare the state of a group. The host has checked the key. The checks are made in the order of
 * `POST …/groups`: a caller who has not passed the signature learns nothing about the request.
 */
export function createChangeEndpoint(kind: DeclaredKind, dependencies: ChangeEndpointDependencies): Endpoint {
  const { callers, readChange, ledger, graphDeadline, clock } = dependencies;

  return createEndpoint(async ({ request, trace, log }) => {
    callers.requireLength(request.headers);
    const bytes = await readBody(request, { longest: longest[kind] });
    await callers.verifySignature(bytes, request.headers, request.params.connectionId);
    const { change, dryRun } = read(request, bytes);
    requireAllowed(callers, change.connectionId);
    const within = graphDeadline + grace;
    const answerWithin = graphDeadline + graceOfLedger;
    if (dryRun) {
      const plan = await readInTime(within, ledger.plan(change), clock);
      return answerPlan(plan, pathOf(request.url));
    }
    const preference = readPrefer(request.headers);
    const options = { source: 'http', patience: patienceOf(preference), answerWithin, trace, log } as const;
    const declared = await recordedInTime(within, ledger.declare(change, options), clock);
    return answerDeclared(declared, preference.respondAsync);
  });

  function read(request: IncomingRequest, bytes: Buffer): { change: Change; dryRun: boolean } {
    const body = readContent(request, bytes);
    const faults = createFaultList();
    const { connectionId, groupId } = request.params;
    const { dryRun = false, ...query } = readChangeQuery(request.url, faults);
    const change = readChange({ kind, connectionId, groupId, body, ...query }, faults);
    if (kind === 'delete-group' && bytes.length > 0)
      faults.add([{ in: 'body', pointer: '', keyword: 'maxLength', detail: 'must be empty' }]);
    if (change === null || !faults.isEmpty()) throw validationFailed(faults);
    const excess = excessMembers(change);
    if (excess !== null) throw tooManyMembers(excess);
    return { change, dryRun };
  }

  function readContent({ headers }: IncomingRequest, bytes: Buffer): unknown {
    if (kind === 'delete-group') return undefined;
    requireJson(headers);
    return parseJson(bytes);
  }

  function readChangeQuery(url: string, faults: FaultList) {
    const common = { sequence: wholeNumber(Number.MAX_SAFE_INTEGER), dryRun: trueOrFalse };
    if (kind !== 'put-members') return readQuery(url, common, faults);
    return readQuery(url, { ...common, removals: wholeNumber(Number.MAX_SAFE_INTEGER) }, faults);
  }

  function patienceOf({ respondAsync, wait }: Preference): number {
    return Math.min(graphDeadline, wait ?? (respondAsync ? 0 : Number.POSITIVE_INFINITY));
  }
}

function tooManyMembers(given: number): AdapterError {
  const [most, shown] = [maxMembers, given].map((count) => count.toLocaleString('en'));
  return new AdapterError('too-many-members', `A group has at most ${most} members; the list has ${shown}.`, {
    members: { given, allowed: maxMembers },
  });
}
