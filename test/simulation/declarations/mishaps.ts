import { queueNames } from '../../../src/storage/queues.ts';
import type { QueueMessage } from '../world/queue-service.ts';
import { type DeclarationRun, groupIds } from './declaration-run.ts';
import type { Fleet } from './fleet.ts';
import { readLook } from './looks-host.ts';

/** Milliseconds that a process may get no processor: a moment, longer than a lease, or minutes. */
const stallsFor = [1_000, 15_000, 60_000, 300_000];
const clockJumps = [-3_600_000, -60_000, 60_000, 3_600_000];

/** What happens to instances and their messages as long as the faults last: crashes, stalls, jumps of clocks, lost leases. */
export function addMishaps({ running, awake, replaceOne }: Fleet, run: DeclarationRun): void {
  const { world, settings, totals, interference, isCalm } = run;
  const { prng, queues } = world;
  let purges = 1;
  const goesOnAt = new Map<Fleet['running'][number], number>();
  const isBusy = () => world.calls.pending.length > 0;

  function stall(): void {
    const one = prng.pick(awake());
    const duration = prng.pick(stallsFor);
    totals.stalls += 1;
    world.timeline.note(() => `${one.instance.name}  stalls for ${duration / 1000} s`);
    one.instance.stall();
    goesOnAt.set(one, world.time.now() + duration);
  }

  function goOn(): void {
    for (const [one, at] of goesOnAt) {
      if (at > world.time.now()) continue;
      world.timeline.note(() => `${one.instance.name}  goes on`);
      one.instance.goOn();
      goesOnAt.delete(one);
    }
  }

  /** The host that holds a message stalls: others see the message while the work on it goes on. */
  function loseLease(): void {
    const held = queues.all(queueNames.changes).filter(isHeld);
    if (held.length === 0) return;
    const { messageId } = prng.pick(held);
    totals.lostLeases += 1;
    world.timeline.note(() => `the lease of ${messageId} ends early`);
    queues.endLease(queueNames.changes, messageId);
  }

  function purge(): void {
    purges -= 1;
    totals.purges += 1;
    world.timeline.note(() => 'somebody purges the queue of changes');
    const messages = [...queues.all(queueNames.changes)];
    interference.wasPurged ||= messages.some(({ text }) => readLook(text).look === undefined);
    for (const { messageId, popReceipt } of messages)
      queues.remove(queueNames.changes, messageId, popReceipt);
    for (const groupId of groupIds) interference.purged.add(groupId);
  }

  const isHeld = ({ dequeueCount, visibleAt }: QueueMessage) =>
    dequeueCount > 0 && visibleAt > world.time.now();

  world.addActor({ name: 'crash', weight: () => (isBusy() ? world.weather().crashes : 0), act: replaceOne });
  world.addActor({
    name: 'stall',
    weight: () => (!isCalm() && isBusy() && awake().length > 0 ? settings.stalls : 0),
    act: stall,
  });
  world.addActor({
    name: 'goes on',
    weight: () => ([...goesOnAt.values()].some((at) => at <= world.time.now()) ? 4 : 0),
    act: goOn,
    nextAt: () => (goesOnAt.size === 0 ? null : Math.min(...goesOnAt.values())),
  });
  world.addActor({
    name: 'clock jump',
    weight: () => (!isCalm() && settings.clockErrors.length > 1 && isBusy() ? 0.05 : 0),
    act: () => prng.pick(running).instance.jumpClock(prng.pick(clockJumps)),
  });
  world.addActor({
    name: 'lost lease',
    weight: () => (isBusy() ? world.weather().crashes / 2 : 0),
    act: loseLease,
  });
  world.addActor({
    name: 'purge',
    weight: () => (purges > 0 && !isCalm() ? settings.purges : 0),
    act: purge,
  });
}
