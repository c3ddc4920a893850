import { describeError } from '../problems/adapter-error.ts';
import { graceOfWork } from '../shared/answer-in-time.ts';
import { storageWithin } from '../storage/bounds.ts';
import { type Refused, type ResultById, resultOf } from './change-result.ts';
import type { Change } from './core/change.ts';
import type { Head } from './core/head.ts';
import type { LedgerPorts } from './ports.ts';
import { createRecordChange, type RecordOptions, unmatchedIn } from './record-change.ts';
import { runRounds } from './rounds.ts';

export interface DeclareOptions extends RecordOptions {
  /** Milliseconds after which the sender gets the result so far; absent: it waits for the end. */
  readonly answerWithin?: number;
}

/** Records a change whose members all have ids, and carries it out. Rejects if it may not be recorded. */
export type DeclareById = (change: Change, options: DeclareOptions) => Promise<ResultById | Refused>;

/** Milliseconds for recording a change, including conflicts with other writers; packing a list of 50,000 takes a while. */
const recordWithin = { http: 2 * storageWithin.http, queue: 30_000 } as const;

/**
 * Records a change and carries it out as far as the patience allows:
 *
 *     step                                                                            a crash after it
 *     1 read    head, then the pages concerned                                        nothing has happened
 *     2 send    look n+1: seen in 50 s (works here) | when the lease ends | at once   the look matches nothing: postponed, dropped
 *     3 write   head If-Match and pages: the change, look = n+1, lease and marks      look n+1 takes over
 *               another writer was first: back to 1
 *     4 call    Graph, removals first                                                 the marks say what may take effect
 *     5 write   the answers; the lease is released                                    look n+1 finds it resting
 *     6 answer  settled: look n+1 is deleted                                          it is dropped when seen
 */
export function createDeclare(ports: LedgerPorts): DeclareById {
  const { clock } = ports;
  const recordChange = createRecordChange(ports);

  return async function declare(change, options) {
    const startedAt = clock.monotonic();
    const { source, patience, answerWithin = Number.POSITIVE_INFINITY, log } = options;
    const answerBy = startedAt + answerWithin;
    const recordBy = Math.min(answerBy, startedAt + recordWithin[source]);
    const recorded = await recordChange(change, options, recordBy);
    if (recorded.kind === 'answered') {
      // Callers see it in the response; for messages, only the metric shows it.
      if (source === 'queue' && 'superseded' in recorded.result)
        ports.context.telemetry.metric('externalGroups.changes.superseded', 1, {});
      return recorded.result;
    }
    const { held, names } = recorded;
    const answerOf = (head: Head) => ({ ...resultOf(head, held.now()), ...unmatchedIn(names) });
    const endBy = startedAt + patience;
    const mustEndBy = Math.min(answerBy, Math.max(endBy, clock.monotonic()) + graceOfWork);
    const left = () => Math.max(1, Math.min(storageWithin[source], mustEndBy - clock.monotonic()));
    const rounds = runRounds(ports, held, {
      source,
      // The rest of the patience is for calls already in flight.
      beginUntil: endBy - Math.min(2_000, patience / 4),
      endBy,
      storageWithin: left,
      log,
    });
    try {
      const head = await (Number.isFinite(answerBy) ? unlessLate(rounds, answerBy) : rounds);
      return answerOf(head ?? held.stored.head);
    } catch (thrown) {
      // The change is recorded and a look is queued: a storage failure at this point loses nothing.
      log(
        'warn',
        `group ${change.groupId} of ${change.connectionId}: left to a look; ${describeError(thrown)}`,
      );
      return answerOf(held.stored.head);
    }
  };

  /** Null once the time is up: the work continues, and the look covers the rest. */
  async function unlessLate<T>(work: Promise<T>, time: number): Promise<T | null> {
    const late = Promise.withResolvers<null>();
    const cancel = clock.after(Math.max(0, time - clock.monotonic()), () => late.resolve(null));
    try {
      return await Promise.race([work, late.promise]);
    } finally {
      cancel();
      work.catch(() => undefined);
    }
  }
}
