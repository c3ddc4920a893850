import { partitionDigits, partitionOfGroup } from '../../../src/ledger/core/keys.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import { connectionId, type DeclarationRun, groupIds } from './declaration-run.ts';
import type { Fleet } from './fleet.ts';

/** A verification begins, or, mostly, has come as far as the partition of the first group of all. */
export function beginVerification({ awake }: Pick<Fleet, 'awake'>, { world, totals }: DeclarationRun): void {
  const { prng } = world;
  totals.verifications += 1;
  if (prng.chance(0.1)) {
    world.timeline.note(() => 'a verification begins');
    const { declarations } = prng.pick(awake());
    declarations.verify.begin().catch(() => undefined);
    return;
  }
  const partition = Math.min(...groupIds.map(partitionNumber));
  world.timeline.note(() => `a verification has come to partition ${partition}`);
  const step = Buffer.from(JSON.stringify({ connectionId, partition }), 'utf8').toString('base64');
  world.queues.send(queueNames.verifications, step, { delay: 0, ttl: Number.POSITIVE_INFINITY });
}

function partitionNumber(groupId: string): number {
  const partition = partitionOfGroup(connectionId, groupId);
  return partitionDigits.findIndex((digit) => partition.endsWith(digit));
}

/** The timers of verification and hourly pass, a few times as long as the faults last. */
export function addTimers(fleet: Fleet, run: DeclarationRun): void {
  const { world, settings, totals, interference, isCalm } = run;
  const { prng } = world;
  let verifications = 3;
  let hourlyPasses = 2;
  const mayBegin = () => !isCalm() && fleet.awake().length > 0;

  world.addActor({
    name: 'verification',
    weight: () => {
      if (verifications === 0 || !mayBegin()) return 0;
      // The sooner it comes after something to be found, the more is still under way.
      return interference.drifted.size > 0 ? 4 * settings.verifications : settings.verifications;
    },
    act: () => {
      verifications -= 1;
      beginVerification(fleet, run);
    },
  });
  world.addActor({
    name: 'hourly pass',
    weight: () => (hourlyPasses > 0 && mayBegin() ? settings.hourlyPasses : 0),
    act: () => {
      hourlyPasses -= 1;
      totals.hourlyPasses += 1;
      const { declarations } = prng.pick(fleet.awake());
      declarations.hourlyPass({ log: () => undefined }).catch(() => undefined);
    },
  });
}
