import { backoffs, delayBefore } from '../queue/policy.ts';
import type { SentMessage } from '../storage/queues.ts';
import type { Log } from '../telemetry/telemetry.ts';
import { callGraph } from './call-graph.ts';
import { commit, dropLook } from './commit.ts';
import type { Answer, Answered } from './core/answered.ts';
import { type AppliedAnswers, applyAnswers, pagesOfAnswers } from './core/apply-answers.ts';
import type { Head } from './core/head.ts';
import { lookDelayOf, withLeaseReleased } from './core/lease.ts';
import { type Call, pagesDue, plan } from './core/plan.ts';
import { dueAt } from './core/progress.ts';
import type { LedgerState, SealedState } from './core/state.ts';
import { afterBoth, withPages } from './core/state.ts';
import { timing } from './core/timing.ts';
import type { StoredHead } from './ledger-store.ts';
import type { LedgerPorts } from './ports.ts';
import { reportRound, reportWait } from './report.ts';

/** The lease is held: these calls are marked, and a look takes over if this worker crashes. */
export interface LeasedWork {
  readonly stored: StoredHead;
  readonly pages: LedgerState['pages'];
  readonly calls: readonly Call[];
  /** Monotonic time on which the marks are based. */
  readonly markedAt: number;
  readonly owner: string;
  readonly look: SentMessage;
  /** Storage time, never ahead of it. */
  readonly now: () => number;
}

interface RoundsOptions {
  readonly source: 'http' | 'queue';
  /** Monotonic times: no call starts after the first, all have ended by the second. */
  readonly beginUntil: number;
  readonly endBy: number;
  /** Milliseconds that one use of storage may take. */
  readonly storageWithin: () => number;
  readonly log: Log;
}

/**
 * Chunk after chunk: makes the marked calls and writes the answers together with the marks of the next chunk, until the
 * group is at rest, the time is up or somebody else has the lease; resolves with the head as it is then. Rejects if
 * storage fails: the look then takes over.
 *
 *     calls ──► rests ──────────────────────────────► write: answers, lease released ──► the look is deleted
 *           └─► more to do ──► send look n+1 ──► due now, and time left: write: answers, next marks ──► calls
 *                                            └─► otherwise:              write: answers, lease released
 */
export async function runRounds(
  ports: LedgerPorts,
  first: LeasedWork,
  options: RoundsOptions,
): Promise<Head> {
  let held = first;
  for (;;) {
    const { head } = held.stored;
    const { answered, isGroupSeen } = await callGraph(ports, held.calls, {
      connectionId: head.connectionId,
      groupId: head.groupId,
      markedAt: held.markedAt,
      beginUntil: options.beginUntil,
      endBy: options.endBy,
      trace: head.trace,
      urgent: options.source === 'http',
    });
    const after = await writeAnswers(ports, held, { answered, isGroupSeen }, options);
    if ('end' in after) return after.end;
    held = after;
  }
}

/** Writes the answers of a chunk; repeats with fresh reads if another writer was first. */
async function writeAnswers(
  ports: LedgerPorts,
  held: LeasedWork,
  called: { readonly answered: readonly Answered[]; readonly isGroupSeen: boolean },
  options: RoundsOptions,
): Promise<LeasedWork | { readonly end: Head }> {
  const { store, looks, clock } = ports;
  const { owner, now } = held;
  const { look } = held;
  const within = options.storageWithin;
  const startedAt = clock.monotonic();
  let { stored, pages } = held;
  for (;;) {
    const read = await readMissing(
      ports,
      stored.head,
      pages,
      pagesOfAnswers(stored.head, called.answered),
      options,
    );
    const before: LedgerState | null = read === null ? null : { head: stored.head, pages: read };
    if (before !== null) {
      const [time, markedAt] = [now(), clock.monotonic()];
      const applied = applyAnswers(before, called.answered, {
        now: time,
        giveUpAfter: ports.context.giveUpAfter,
        waitAfter: (answer, attempts) => waitAfter(answer, attempts, ports.context.random()),
        isGroupSeen: called.isGroupSeen,
      });
      if (applied.rest !== null) {
        const done = await commit(ports, stored, released(applied.state), { delay: 0, within });
        if (done !== null) {
          reportRound(ports, done.written.head, applied, options);
          await dropLook(looks, look, within());
          return { end: done.written.head };
        }
      } else {
        const due = dueAt(applied.state.head);
        const canGoOn = due <= time && clock.monotonic() < options.beginUntil;
        const next = canGoOn ? await nextChunk(ports, applied, owner, time, options) : null;
        const delay = next === null ? Math.max(0, due - time) : lookDelayOf(applied.state.head);
        const state = next === null ? released(applied.state) : next.state;
        const done = await commit(ports, stored, state, { delay, within });
        if (done !== null) {
          reportRound(ports, done.written.head, applied, options);
          if (next === null || done.look === null) {
            reportWait(ports, done.written.head, time, options);
            return { end: done.written.head };
          }
          const { written } = done;
          return {
            stored: written,
            pages: stillDue(state, time),
            calls: next.calls,
            markedAt,
            owner,
            look: done.look,
            now,
          };
        }
      }
    }
    const reading = await store.readHead(
      stored.head.connectionId,
      stored.head.groupId,
      options.storageWithin(),
    );
    // The current holder of the lease has made new marks: these answers are no longer certain.
    if (reading.stored?.head.lease?.owner !== owner) return { end: reading.stored?.head ?? stored.head };
    // In a table that was edited by hand, pages may be missing for good: do not read them forever.
    if (clock.monotonic() - startedAt > timing.lease)
      throw new Error(`the answers about group ${stored.head.groupId} could not be written within the lease`);
    stored = reading.stored;
    pages = new Map();
  }
}

/** The marks of the next chunk, added to the state after this one; null if its pages cannot be read consistently. */
async function nextChunk(
  ports: LedgerPorts,
  { state }: AppliedAnswers,
  owner: string,
  now: number,
  options: RoundsOptions,
) {
  const pages = await readMissing(ports, state.head, state.pages, pagesDue(state.head, now), options);
  if (pages === null) return null;
  const next = plan(withPages(state, pages), owner, now);
  return { calls: next.calls, state: afterBoth(state, next.state) };
}

/** The pages that are needed next. The others are released: a group of 50,000 has tens of megabytes of them. */
function stillDue({ head, pages }: LedgerState, now: number): LedgerState['pages'] {
  const due = new Set(pagesDue(head, now));
  return new Map([...pages].filter(([index]) => due.has(index)));
}

/** The requested pages, some already known; null: the head must be read again. */
export async function readMissing(
  { store }: Pick<LedgerPorts, 'store'>,
  head: Head,
  known: LedgerState['pages'],
  asked: readonly number[],
  options: Pick<RoundsOptions, 'storageWithin'>,
): Promise<LedgerState['pages'] | null> {
  const missing = asked.filter((page) => !known.has(page));
  if (missing.length === 0) return known;
  const read = await store.readPages(head, missing, options.storageWithin());
  return read === null ? null : new Map([...read, ...known]);
}

function released(state: SealedState): SealedState {
  return { ...state, head: withLeaseReleased(state.head) };
}

/** Milliseconds until the next round after an answer that ended one: what Graph asks for, else backoff with jitter. */
function waitAfter(answer: Answer, attempts: number, random: number): number {
  const circumstances = { attempts, age: 0, giveUpAfter: Number.POSITIVE_INFINITY, random };
  const backoff = answer.kind === 'denied' ? backoffs.roleGrant : backoffs.outage;
  const retryAfter = 'retryAfter' in answer ? answer.retryAfter : null;
  return Math.ceil(delayBefore(backoff, { retryAfter }, circumstances) * 1000);
}
