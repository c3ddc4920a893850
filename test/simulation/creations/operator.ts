import { readLetter } from '../../../cli/dead-letters/letter.ts';
import { createMarker } from '../../../cli/dead-letters/marker.ts';
import { createReaders } from '../../../cli/dead-letters/readers.ts';
import { createRedriveLetter } from '../../../cli/dead-letters/redrive-letter.ts';
import { createOperationsOn } from '../../../src/creations/operations/operations.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import { operationsTable } from '../../../src/storage/stores.ts';
import type { Instance } from '../world/instance.ts';
import { createSimulatedTable } from '../world/simulated-table.ts';
import type { RunState } from './run-state.ts';
import { createSimulatedDeadLetterQueue, createSimulatedSend, type OnSend } from './storage-ports.ts';

const lease = 120;
const readers = createReaders();

/** Operators who redrive dead letters, `budget` of them, one after the other or at once; each may be interrupted. */
export function addOperators(budget: number, state: RunState): void {
  const { world } = state;
  let left = budget;
  const active: Instance[] = [];

  /** A redriven creation may have been made by an earlier attempt. */
  const followRedrives: OnSend = (_queue, text) => {
    const delivery = state.deliveries.of(text);
    return ({ messageId }) => {
      state.journal.messageSent(messageId, true);
      if (delivery === undefined) return;
      delivery.sends += 1;
      delivery.wasRedriven = true;
      state.totals.redriven += 1;
    };
  };

  async function redrive(instance: Instance): Promise<void> {
    const queue = createSimulatedDeadLetterQueue(instance);
    const table = createSimulatedTable(instance, operationsTable);
    const redriveLetter = createRedriveLetter({
      queue,
      send: createSimulatedSend(instance, followRedrives),
      operations: createOperationsOn(table, instance.clock),
      markFor: createMarker(instance.clock.now, instance.newId),
      lease,
    });
    for (const leased of await queue.lease(lease)) {
      const letter = readLetter(leased, readers);
      const result = await redriveLetter(letter, leased);
      world.timeline.note(() => `${instance.name}  redrives ${leased.messageId}: ${JSON.stringify(result)}`);
      if (result.result === 'refused' || result.result === 'skipped') await queue.giveBack(leased);
    }
  }

  function end(instance: Instance): void {
    const index = active.indexOf(instance);
    if (index >= 0) active.splice(index, 1);
    instance.crash();
  }

  world.addActor({
    name: 'operator',
    weight: () => (left > 0 && world.queues.countVisible(queueNames.deadLetters) > 0 ? 0.3 : 0),
    act: () => {
      const instance = world.startInstance(`operator-${left}`, world.prng.pick(state.settings.clockErrors));
      left -= 1;
      active.push(instance);
      world.timeline.note(() => `${instance.name}  begins to redrive the dead letters`);
      redrive(instance)
        .catch((thrown: unknown) => world.timeline.note(() => `${instance.name}  stops: ${String(thrown)}`))
        .finally(() => end(instance));
    },
  });
  world.addActor({
    name: 'interrupted operator',
    weight: () => (active.length > 0 ? world.weather().crashes : 0),
    act: () => {
      const instance = world.prng.pick(active);
      world.timeline.note(() => `${instance.name}  is interrupted`);
      for (const delivery of state.deliveries.all) delivery.troubles += 1;
      end(instance);
    },
  });
}
