import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { boundArguments } from '../../../functions/bound-arguments.ts';

/** The library's model, as far as the worker calls it. */
function modelThat(getArguments: () => Promise<unknown>) {
  const model = { getInvocationModel: (context: unknown) => ({ context, getArguments }) };
  boundArguments({ getProgrammingModel: () => model }, 50);
  return async () => (await model.getInvocationModel('context')).getArguments();
}

it('a request that never comes fails its invocation instead of keeping it', async () => {
  const getArguments = modelThat(() => new Promise(() => {}));
  await expect(getArguments()).rejects.toThrow('has not forwarded the request within 0.05 s');
});

it('the time in which the event loop is blocked does not count', async () => {
  const getArguments = modelThat(() => delay(1, 'come'));
  const waiting = getArguments();
  const until = performance.now() + 200;
  while (performance.now() < until);
  expect(await waiting).toBe('come');
});

it('arguments, and what goes wrong with them, stay as they are', async () => {
  expect(await modelThat(() => Promise.resolve('these'))()).toBe('these');
  await expect(modelThat(() => Promise.reject(new Error('no binding')))()).rejects.toThrow('no binding');
});

it('without a worker there is nothing to bound', () => {
  expect(() => boundArguments(null)).not.toThrow();
  expect(() => boundArguments({ getProgrammingModel: () => undefined })).not.toThrow();
});
