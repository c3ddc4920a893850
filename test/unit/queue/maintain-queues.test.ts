import { describe, expect, it } from 'vitest';
import { createMaintainQueues } from '../../../src/queue/maintain-queues.ts';
import type { ReceivedMessage } from '../../../src/storage/queues.ts';
import { silentTelemetry } from '../../../src/telemetry/telemetry.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const message = (index: number): ReceivedMessage => ({
  messageId: `m${index}`,
  popReceipt: 'r',
  insertedOn: new Date(0),
  text: `text ${index}`,
});
const invocation = { traceContext: undefined, log: () => undefined };

/** A poison queue with this many messages, whose handling and deletion a test can break. */
function open(
  count: number,
  handle: (text: string) => Promise<void>,
  remove: () => Promise<void> = () => Promise.resolve(),
) {
  const clock = createManualClock();
  const left = Array.from({ length: count }, (_, index) => message(index));
  const handled: string[] = [];
  const measured: unknown[] = [];
  const maintainQueues = createMaintainQueues({
    reader: {
      receive: async () => left.splice(0, 1),
      remove,
    },
    poisonQueues: [
      {
        queue: 'external-group-creations-poison',
        handle: async (text) => {
          handled.push(text.toString());
          await handle(text.toString());
        },
      },
    ],
    readDepths: async () => [{ queue: 'poison', depth: left.length }],
    telemetry: { ...silentTelemetry, metric: (...given) => void measured.push(given) },
    clock,
  });
  return { clock, handled, measured, maintainQueues };
}

describe('maintaining the queues', () => {
  it('handles all that lies there and measures what is left', async () => {
    const { maintainQueues, handled, measured } = open(70, () => Promise.resolve());
    await maintainQueues(invocation);
    expect(handled).toHaveLength(70);
    expect(measured).toEqual([['externalGroups.queue.depth', 0, { queue: 'poison' }]]);
  });

  it('goes on past messages that cannot be handled, and ends when they are many', async () => {
    const refuse = () => Promise.reject(new Error('storage is gone'));
    const two = open(40, (text) => (/ [01]$/.test(text) ? refuse() : Promise.resolve()));
    await two.maintainQueues(invocation);
    expect(two.handled).toHaveLength(40);
    const all = open(40, refuse);
    await all.maintainQueues(invocation);
    expect(all.handled).toHaveLength(20);
    expect(all.measured).toHaveLength(1);
  });

  it('leaves the rest to the next run when its time is up', async () => {
    const { maintainQueues, handled, clock } = open(500, () => clock.pass(1_000));
    await maintainQueues(invocation);
    expect(handled).toHaveLength(25);
  });

  it('counts a message that cannot be deleted as not handled: it is seen again', async () => {
    const { maintainQueues, handled } = open(
      40,
      () => Promise.resolve(),
      () => Promise.reject(new Error('gone')),
    );
    await maintainQueues(invocation);
    expect(handled).toHaveLength(20);
  });
});
