import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { within } from '../../../src/shared/within.ts';

it('tells work that lasts too long to stop, as AbortSignal.timeout would', async () => {
  const late = within(5, async (signal) => {
    await once(signal, 'abort');
    signal.throwIfAborted();
  });
  await expect(late).rejects.toMatchObject({ name: 'TimeoutError' });
});

it('abandons work that ignores the signal', async () => {
  let told = false;
  const deaf = within(5, (signal) => {
    signal.addEventListener('abort', () => {
      told = true;
    });
    return new Promise<never>(() => undefined);
  });
  await expect(deaf).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(told).toBe(true);
});

it('gives work that honours the signal the time to say what came of it', async () => {
  const settled = within(5, async (signal) => {
    await once(signal, 'abort');
    await setTimeout(20);
    return 'abandoned';
  });
  expect(await settled).toBe('abandoned');
});

it('leaves nothing behind once the work has ended, well or badly', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  expect(await within(60_000, async (signal) => signal.aborted)).toBe(false);
  await expect(within(60_000, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(timers()).toBe(before);
});
