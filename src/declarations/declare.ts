import { describeError } from '../problems/adapter-error.ts';
import { storageWithin } from '../storage/bounds.ts';
import type { Declare } from './declaration.ts';
import { declaredOf } from './declared-of.ts';
import type { DeclarationPorts } from './ports.ts';
import { createRecordChange } from './record-change.ts';
import { runRounds } from './rounds.ts';

/** Milliseconds for recording a change, including conflicts with other writers; packing a list of 50,000 takes a while. */
const recordWithin = { http: 2 * storageWithin.http, queue: 30_000 } as const;
/** Milliseconds after its patience by which a caller must have an answer. */
const grace = 1_500;

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
export function createDeclare(ports: DeclarationPorts): Declare {
  const { looks, clock } = ports;
  const recordChange = createRecordChange(ports);

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
        // The rest of the patience is for calls already in flight.
        beginUntil: endBy - Math.min(2_000, patience / 4),
        endBy,
        storageWithin: () => Math.max(1, Math.min(storageWithin[source], mustEndBy - clock.monotonic())),
        log,
      });
      if (result.kind === 'rest') {
        const within = Math.max(1, Math.min(storageWithin[source], mustEndBy - clock.monotonic()));
        await looks.remove(result.look, within).catch(() => undefined);
      }
      return declaredOf(result.head, held.now());
    } catch (thrown) {
      // The change is recorded and a look is queued: a storage failure at this point loses nothing.
      log(
        'warn',
        `group ${change.groupId} of ${change.connectionId}: left to a look; ${describeError(thrown)}`,
      );
      return declaredOf(held.stored.head, held.now());
    }
  };
}
