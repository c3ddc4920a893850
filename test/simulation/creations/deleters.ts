import type { Change } from '../../../src/ledger/core/change.ts';
import { AdapterError } from '../../../src/problems/adapter-error.ts';
import type { Fleet } from './fleet.ts';
import { connections, type RunState } from './run-state.ts';

const trace = { traceparent: `00-${'0'.repeat(31)}9-${'0'.repeat(15)}9-01` };

/** Callers who declare the groups that are created beside them: mostly that they shall be gone. */
export function addDeleters(budget: number, fleet: Fleet, { world, isCalm }: RunState): void {
  const { prng } = world;
  let left = budget;

  function declare(): void {
    left -= 1;
    const { instance, declarations } = prng.pick(fleet.running());
    const about = { connectionId: prng.pick(connections.good), groupId: `group${prng.int(3)}` };
    const change: Change = prng.chance(0.75)
      ? { ...about, kind: 'delete-group' }
      : { ...about, kind: 'put-group', displayName: prng.pick(['A', 'B']), description: null };
    const words = `${change.kind} ${about.connectionId}/${about.groupId}`;
    world.timeline.note(() => `${instance.name}  is told: ${words}`);
    declarations
      .declare(change, { source: 'http', patience: prng.pick([0, 10_000]), trace, log: () => undefined })
      .then(({ kind }) => world.timeline.note(() => `${instance.name}  answers ${kind} to ${words}`))
      .catch((thrown: unknown) => {
        if (!(thrown instanceof AdapterError) && !(thrown instanceof Error)) throw thrown;
        world.timeline.note(() => `${instance.name}  answers ${String(thrown)} to ${words}`);
      });
  }

  world.addActor({
    name: 'deleter',
    weight: () => (left > 0 && !isCalm() ? 1 : 0),
    act: declare,
  });
}
