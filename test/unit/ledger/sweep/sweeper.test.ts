import { describe, expect, it } from 'vitest';
import type { SweepMessage } from '../../../../src/ledger/sweep/sweep-message.ts';
import { createSweepRecords } from '../../../../src/ledger/sweep/sweep-record.ts';
import { createSweeper, type StepEnd } from '../../../../src/ledger/sweep/sweeper.ts';
import { createManualClock } from '../../../support/manual-clock.ts';
import { createMemoryTable } from '../memory-table.ts';

const log = () => undefined;

function start() {
  const clock = createManualClock();
  let ids = 0;
  const newId = () => `id-${++ids}`;
  const records = createSweepRecords(createMemoryTable(clock.now), clock, newId);
  const sent: { message: SweepMessage; delay: number }[] = [];
  const dropped: string[] = [];
  const made: unknown[] = [];
  const walk = { end: (): Promise<StepEnd> => Promise.resolve({ kind: 'done' }) };
  const sweeper = createSweeper(
    {
      records,
      steps: {
        send: async (message, delay) => {
          sent.push({ message, delay });
          return { messageId: String(sent.length), popReceipt: '', insertedOn: clock.now() };
        },
        remove: async ({ messageId }) => void dropped.push(messageId),
      },
      clock,
      newId,
    },
    {
      walk: (progress) => {
        made.push(progress);
        return walk.end();
      },
    },
  );
  const record = async () => (await records.readSweep('walk', 1_000)).stored?.record;
  /** The last message that was sent and not deleted. */
  const next = () => sent.findLast((_message, index) => !dropped.includes(String(index + 1)))?.message;
  return { clock, sweeper, sent, made, walk, record, next };
}

/** A walk whose first step is at work, and how to end it. */
async function startFirstStep() {
  const world = start();
  const { promise, resolve } = Promise.withResolvers<StepEnd>();
  world.walk.end = () => promise;
  const first = world.sweeper.begin('walk', 'a', log);
  // Until the step is at work: it takes a few promises.
  while (world.made.length === 0) await new Promise((done) => setImmediate(done));
  const { run = '' } = (await world.record()) ?? {};
  const end = async (how: StepEnd) => {
    resolve(how);
    await first;
  };
  return { ...world, run, end };
}

describe('a step of a walk', () => {
  it('is not made while another worker has it', async () => {
    const { sweeper, made, run, end } = await startFirstStep();
    await sweeper.step({ sweep: 'walk', run, step: 1 }, log);
    expect(made).toEqual(['a']);
    await end({ kind: 'done' });
  });

  it('is made by the guard once the claim of a worker that crashed has expired', async () => {
    const { clock, sweeper, sent, made, walk, run } = await startFirstStep();
    const [guard] = sent;
    expect(guard).toMatchObject({ message: { run, step: 1 } });
    await clock.pass(guard?.delay ?? 0);
    walk.end = async () => ({ kind: 'done' });
    await sweeper.step({ sweep: 'walk', run, step: 1 }, log);
    expect(made).toEqual(['a', 'a']);
  });

  it('is followed by the next one, which goes on where it ended, and not before it is due', async () => {
    const { clock, sweeper, made, walk, next, run, end } = await startFirstStep();
    await end({ kind: 'more', progress: 'b', delay: 60_000 });
    expect(next()).toEqual({ sweep: 'walk', run, step: 2 });
    await sweeper.step({ sweep: 'walk', run, step: 2 }, log);
    expect(made).toEqual(['a']);
    await clock.pass(61_000);
    walk.end = async () => ({ kind: 'done' });
    await sweeper.step({ sweep: 'walk', run, step: 2 }, log);
    expect(made).toEqual(['a', 'b']);
  });

  it('of an earlier run, or that was made, is dropped', async () => {
    const { sweeper, sent, made, run, end } = await startFirstStep();
    await end({ kind: 'more', progress: 'b', delay: 0 });
    const before = sent.length;
    await sweeper.step({ sweep: 'walk', run: 'another', step: 2 }, log);
    await sweeper.step({ sweep: 'walk', run, step: 3 }, log);
    expect([made.length, sent.length]).toEqual([1, before]);
  });

  it('that fails is made again, from the same place', async () => {
    const { clock, sweeper, made, walk, next } = start();
    walk.end = () => Promise.reject(new Error('storage is gone'));
    await sweeper.begin('walk', 'a', log);
    const again = next();
    expect(again).toMatchObject({ step: 2 });
    await clock.pass(61_000);
    walk.end = async () => ({ kind: 'done' });
    if (again !== undefined && 'run' in again) await sweeper.step(again, log);
    expect(made).toEqual(['a', 'a']);
  });
});

it('a walk does not begin while it is under way, and begins again once it has ended', async () => {
  const { sweeper, made, walk, end } = await startFirstStep();
  await sweeper.begin('walk', 'other', log);
  expect(made).toEqual(['a']);
  await end({ kind: 'done' });
  walk.end = async () => ({ kind: 'done' });
  await sweeper.begin('walk', 'other', log);
  expect(made).toEqual(['a', 'other']);
});
