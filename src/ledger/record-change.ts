import { AdapterError } from '../problems/adapter-error.ts';
import { inTurns } from '../shared/steps.ts';
import { storageWithin } from '../storage/bounds.ts';
import type { Log } from '../telemetry/telemetry.ts';
import type { TraceContext } from '../telemetry/trace-context.ts';
import { type Refused, type ResultById, resultOf } from './change-result.ts';
import { commit } from './commit.ts';
import type { Change } from './core/change.ts';
import { type Head, newHead, sumOf } from './core/head.ts';
import { isLeased, lookDelayOf, withoutExpiredLease } from './core/lease.ts';
import type { NamesSeen } from './core/named-members.ts';
import { pagesFor } from './core/pages-to-read.ts';
import { type Call, pagesDue, plan } from './core/plan.ts';
import { dueAt, isResting } from './core/progress.ts';
import { recordInSteps } from './core/record.ts';
import type { LedgerState, SealedState } from './core/state.ts';
import { afterBoth, withPages } from './core/state.ts';
import type { HeadReading, StoredHead } from './ledger-store.ts';
import type { LedgerPorts } from './ports.ts';
import { refusalProblem } from './refusal-problem.ts';
import { reportNames } from './report.ts';
import { type LeasedWork, readMissing } from './rounds.ts';

export interface RecordOptions {
  readonly source: 'http' | 'queue';
  /** Milliseconds that the sender waits for Graph; 0: record only (`Prefer: respond-async`). */
  readonly patience: number;
  readonly trace: TraceContext;
  readonly log: Log;
}

/** Calls made while the sender waits; if there are more, all are left to a look. */
const maxCallsNow = 100;

/** `answered`: nothing is left to do while the sender waits; `held`: the lease is taken and calls are marked. */
export type Recorded =
  | { readonly kind: 'answered'; readonly result: ResultById | Refused }
  | { readonly kind: 'held'; readonly held: LeasedWork; readonly names: NamesSeen };

/** Steps 1 to 3 of `createDeclare`, repeated until no other writer interferes; `endBy` in monotonic time. */
type RecordChange = (change: Change, options: RecordOptions, endBy: number) => Promise<Recorded>;

export function createRecordChange(ports: LedgerPorts): RecordChange {
  const { store, clock } = ports;
  const noted = new Set<string>();

  /** The hourly pass must find the connection even if the look is lost. */
  async function noteConnection(connectionId: string, within: number): Promise<void> {
    const name = connectionId.toLowerCase();
    if (noted.has(name)) return;
    await store.noteConnection(connectionId, within);
    noted.add(name);
  }

  async function isUnchanged(stored: StoredHead | null, change: Change, within: number): Promise<boolean> {
    const again = await store.readHead(change.connectionId, change.groupId, within);
    return again.stored?.etag === stored?.etag;
  }

  /** What is done at once, while the sender waits; null if the head and pages that were read are inconsistent. */
  async function planNow(
    state: SealedState,
    { now }: HeadReading,
    { patience }: RecordOptions,
    time: number,
    left: () => number,
  ): Promise<Work | null> {
    const { head } = state;
    if (head.lease !== null && isLeased(head, time))
      return { state, calls: [], owner: null, lookDelay: Math.max(0, head.lease.until - now()) };
    const due = dueAt(head);
    if (patience <= 0 || due > time || sumOf(head, 'applying') > maxCallsNow)
      return { state, calls: [], owner: null, lookDelay: Math.max(0, due - time) };
    const options = { storageWithin: left };
    const pages: LedgerState['pages'] | null = await readMissing(
      ports,
      head,
      state.pages,
      pagesDue(head, time),
      options,
    );
    if (pages === null) return null;
    const owner = ports.context.newId();
    const planned = plan(withPages(state, pages), owner, time);
    return {
      state: afterBoth(state, planned.state),
      calls: planned.calls,
      owner,
      lookDelay: lookDelayOf(head),
    };
  }

  return async function recordChange(change, options, endBy) {
    const { connectionId, groupId } = change;
    const left = () => {
      const milliseconds = endBy - clock.monotonic();
      if (milliseconds <= 0) throw notRecorded();
      return Math.min(milliseconds, storageWithin[options.source]);
    };
    await noteConnection(connectionId, left());
    for (;;) {
      const { stored, now } = await store.readHead(connectionId, groupId, left());
      const [time, markedAt] = [now(), clock.monotonic()];
      const head = withoutExpiredLease(stored?.head ?? newHead(connectionId, groupId, options.trace), time);
      const asked = pagesFor(head, change);
      const pages = await store.readPages(head, asked, left());
      if (pages === null) continue;
      const recording = await inTurns(recordInSteps({ head, pages }, change, time), clock);
      if (recording.kind !== 'changed') {
        // The pages may be newer than their head: decide again with what is consistent.
        if (asked.length > 0 && !(await isUnchanged(stored, change, left()))) continue;
        return recording.kind === 'refused'
          ? {
              kind: 'answered',
              result: { kind: 'refused', problem: refusalProblem(recording.refusal, head, change) },
            }
          : answered(unchanged(head, recording.superseded, time), recording.names);
      }
      const state = withTrace(recording.state, options);
      const { isDeletion, names } = recording;
      const work = isResting(state.head)
        ? { state, calls: [], owner: null, lookDelay: 0 }
        : await planNow(state, { stored, now }, options, time, left);
      if (work === null) continue;
      const { calls, owner, lookDelay } = work;
      const done = await commit(ports, stored, work.state, { delay: lookDelay, within: left, isDeletion });
      if (done === null) continue;
      const { written, look } = done;
      reportNames(ports, written.head, names, options);
      if (owner === null || look === null) return answered(resultOf(written.head, time), names);
      return {
        kind: 'held',
        held: { stored: written, pages: work.state.pages, calls, markedAt, owner, look, now },
        names,
      };
    }
  };
}

interface Work {
  readonly state: SealedState;
  readonly calls: readonly Call[];
  /** Null if the work is left to a look. */
  readonly owner: string | null;
  /** Milliseconds until the look is seen. */
  readonly lookDelay: number;
}

function answered(result: ResultById, names: NamesSeen): Recorded {
  return { kind: 'answered', result: { ...result, ...unmatchedIn(names) } };
}

export function unmatchedIn({ unmatched }: NamesSeen): Pick<ResultById, 'unmatched'> {
  return unmatched.length === 0 ? {} : { unmatched };
}

function withTrace(state: SealedState, { trace }: RecordOptions): SealedState {
  return { ...state, head: { ...state.head, trace } };
}

function unchanged(head: Head, superseded: boolean, now: number): ResultById {
  const stands = resultOf(head, now);
  return superseded ? { ...stands, superseded } : stands;
}

function notRecorded(): AdapterError {
  return new AdapterError(
    'deferral-unavailable',
    'The change was not recorded, as far as the adapter knows. Sending it again is safe.',
  );
}
