import type { Change } from '../ledger/change.ts';
import type { LedgerState, SealedState } from '../ledger/draft.ts';
import { type Head, newHead, sumOf } from '../ledger/head.ts';
import { isLeased, lookDelayOf, withoutExpiredLease } from '../ledger/lease.ts';
import { afterBoth, withPages } from '../ledger/merge.ts';
import { pagesFor } from '../ledger/pages-to-read.ts';
import { type Call, pagesDue, plan } from '../ledger/plan.ts';
import { dueAt, isResting } from '../ledger/progress.ts';
import { record } from '../ledger/record.ts';
import { timing } from '../ledger/timing.ts';
import { failureOf, stateOf, toGroupRecord } from '../ledger/to-record.ts';
import { AdapterError, describeError } from '../problems/adapter-error.ts';
import { storageWithin } from '../storage/bounds.ts';
import type { Declare, Declared, DeclareOptions } from './declaration.ts';
import type { HeadReading, StoredHead } from './ledger-store.ts';
import type { DeclarationPorts } from './ports.ts';
import { refusalProblem } from './refusal-problem.ts';
import { type Held, readMissing, runRounds, withLook } from './rounds.ts';

/** Up to so many calls are made while the sender waits; more is left to a look. */
const mostCallsNow = 100;
/** Milliseconds for recording a change in all, whoever else is writing; a list of 50,000 takes a while to pack. */
const recordWithin = { http: 2 * storageWithin.http, queue: 30_000 } as const;
/** Milliseconds past its patience by which a caller must have heard. */
const grace = 1_500;

/**
 * Records a change and brings it about as far as the patience allows:
 *
 *     step                                                                            a crash after it
 *     1 read    head, then the pages concerned                                        nothing has happened
 *     2 send    look n+1: seen in 50 s (works here) | when the lease ends | at once   a look of nothing: put off, dropped
 *     3 write   head If-Match and pages: the change, look = n+1, lease and marks      look n+1 takes over
 *               somebody else was first: back to 1
 *     4 call    Graph, removals first                                                 the marks say what may land
 *     5 write   the answers; the lease is given back                                  look n+1 finds it resting
 *     6 answer  settled: look n+1 is deleted                                          it is dropped when seen
 */
export function createDeclare(ports: DeclarationPorts): Declare {
  const { store, looks, clock } = ports;
  const noted = new Set<string>();

  /** The hourly pass must find the connection, whatever becomes of the look. */
  async function noteConnection(connectionId: string, within: number): Promise<void> {
    const name = connectionId.toLowerCase();
    if (noted.has(name)) return;
    await store.noteConnection(connectionId, within);
    noted.add(name);
  }

  /** Steps 1 to 3. */
  async function recordChange(change: Change, options: DeclareOptions, endBy: number): Promise<Recorded> {
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
      const recording = record({ head, pages }, change, time);
      if (recording.kind !== 'changed') {
        // What was judged by pages that are newer than their head is judged again.
        if (asked.length > 0 && !(await isUnchanged(stored, change, left()))) continue;
        return recording.kind === 'refused'
          ? {
              kind: 'answered',
              declared: { kind: 'refused', problem: refusalProblem(recording.refusal, head, change) },
            }
          : { kind: 'answered', declared: unchanged(head, recording.superseded, time) };
      }
      const state = withTrace(recording.state, options);
      if (isResting(state.head)) {
        const written = await store.write(stored, state, left());
        if (written === null) continue;
        return { kind: 'answered', declared: answerOf(written.head, time) };
      }
      const work = await planNow(state, { stored, now }, options, time, left);
      if (work === null) continue;
      const look = state.head.look + 1;
      const sentAt = clock.monotonic();
      const receipt = await looks.send({ connectionId, groupId, look }, work.lookDelay, left());
      if (clock.monotonic() - sentAt > timing.fresh) continue;
      const written = await store.write(stored, withLook(work.state, look), left());
      if (written === null) continue;
      const { calls, owner } = work;
      if (owner === null) return { kind: 'answered', declared: answerOf(written.head, time) };
      return {
        kind: 'held',
        held: { stored: written, pages: work.state.pages, calls, markedAt, owner, look: receipt, now },
      };
    }
  }

  async function isUnchanged(stored: StoredHead | null, change: Change, within: number): Promise<boolean> {
    const again = await store.readHead(change.connectionId, change.groupId, within);
    return again.stored?.etag === stored?.etag;
  }

  /** What is done here and now, while the sender waits; null: what was read does not fit together. */
  async function planNow(
    state: SealedState,
    { now }: HeadReading,
    { patience }: DeclareOptions,
    time: number,
    left: () => number,
  ): Promise<Work | null> {
    const { head } = state;
    if (head.lease !== null && isLeased(head, time))
      return { state, calls: [], owner: null, lookDelay: Math.max(0, head.lease.until - now()) };
    const due = dueAt(head);
    if (patience <= 0 || due > time || sumOf(head, 'applying') > mostCallsNow)
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
    const owner = ports.conduct.newId();
    const planned = plan(withPages(state, pages), owner, time);
    return {
      state: afterBoth(state, planned.state),
      calls: planned.calls,
      owner,
      lookDelay: lookDelayOf(head),
    };
  }

  return async function declare(change, options) {
    const startedAt = clock.monotonic();
    const { source, patience, log } = options;
    const recorded = await recordChange(change, options, startedAt + recordWithin[source]);
    if (recorded.kind === 'answered') return recorded.declared;
    const { held } = recorded;
    const endBy = startedAt + patience;
    const mustEndBy = Math.max(endBy, clock.monotonic()) + grace;
    try {
      const result = await runRounds(ports, held, {
        source,
        // Some of the patience is left for those that are under way.
        beginUntil: endBy - Math.min(2_000, patience / 4),
        endBy,
        storageWithin: () => Math.max(1, Math.min(storageWithin[source], mustEndBy - clock.monotonic())),
        log,
      });
      if (result.kind === 'rest') {
        const within = Math.max(1, Math.min(storageWithin[source], mustEndBy - clock.monotonic()));
        await looks.remove(result.look, within).catch(() => undefined);
      }
      return answerOf(result.head, held.now());
    } catch (thrown) {
      // It is recorded, and a look will come: storage that fails only now takes nothing back.
      log(
        'warn',
        `group ${change.groupId} of ${change.connectionId}: left to a look; ${describeError(thrown)}`,
      );
      return answerOf(held.stored.head, held.now());
    }
  };
}

type Recorded =
  | { readonly kind: 'answered'; readonly declared: Declared }
  | { readonly kind: 'held'; readonly held: Held };

interface Work {
  readonly state: SealedState;
  readonly calls: readonly Call[];
  /** Null: the work is left to a look. */
  readonly owner: string | null;
  /** Milliseconds until the look is seen. */
  readonly lookDelay: number;
}

function withTrace(state: SealedState, { trace }: DeclareOptions): SealedState {
  return { ...state, head: { ...state.head, trace } };
}

function unchanged(head: Head, superseded: boolean, now: number): Declared {
  return superseded ? { kind: 'superseded', record: toGroupRecord(head) } : answerOf(head, now);
}

/** What its sender hears of a change that is recorded. */
function answerOf(head: Head, now: number): Declared {
  const groupRecord = toGroupRecord(head);
  const state = stateOf(head);
  const failure = failureOf(head);
  if (state === 'applied') return { kind: 'settled', record: groupRecord };
  // Missing permissions are waited for; the sender hears of them all the same.
  if (failure !== null && (state === 'failed' || failure.code === 'graph-access-denied'))
    return { kind: 'failed', record: groupRecord, problem: failure };
  return { kind: 'recorded', record: groupRecord, retryAfter: secondsUntilNews(head, now) };
}

/** Whole seconds, between 1 s and 5 min. */
function secondsUntilNews(head: Head, now: number): number {
  const due = dueAt(head);
  return Math.min(300, Math.max(1, Math.ceil((due - now) / 1000)));
}

function notRecorded(): AdapterError {
  return new AdapterError(
    'deferral-unavailable',
    'The change could not be recorded, as far as is known. Nothing is claimed: sending it again is safe.',
  );
}
