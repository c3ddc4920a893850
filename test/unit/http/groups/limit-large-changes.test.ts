import { expect, it } from 'vitest';
import type { Endpoint } from '../../../../src/http/endpoint.ts';
import { createLargeChangeLimit } from '../../../../src/http/groups/limit-large-changes.ts';

const invocation = { invocationId: 'invocation', traceContext: undefined, log: () => undefined };

function request(bytes: number): Parameters<Endpoint>[0] {
  const headers = new Headers({ 'content-length': String(bytes) });
  const body = new Blob([new Uint8Array(bytes)]).stream();
  return { method: 'PUT', url: 'http://localhost/api', headers, params: {}, body };
}

it('works two large changes at a time, refuses a third with when to try again, and holds up no small one', async () => {
  const waiting: (() => void)[] = [];
  const slow: Endpoint = async () => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return { status: 200, headers: {}, body: '{}' };
  };
  const limited = createLargeChangeLimit();
  const [members, change] = [limited(slow), limited(slow)];
  const large = 600 * 1024;
  const first = [members(request(large), invocation), change(request(large), invocation)];
  const third = await members(request(large), invocation);
  expect(third).toMatchObject({ status: 503, headers: { 'retry-after': expect.any(String) } });
  expect(JSON.parse(third.body).type).toBe('urn:problem-type:deferral-unavailable');
  const small = members(request(1_000), invocation);
  expect(waiting).toHaveLength(3);
  for (const go of waiting.splice(0)) go();
  expect((await Promise.all([...first, small])).map(({ status }) => status)).toEqual([200, 200, 200]);
  const next = members(request(large), invocation);
  for (const go of waiting.splice(0)) go();
  expect((await next).status).toBe(200);
});
