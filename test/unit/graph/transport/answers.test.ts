import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readGroup } from '../../../../src/graph/groups.ts';
import { readResponse } from '../../../../src/graph/transport/read-response.ts';
import { readRetryAfter } from '../../../../src/graph/transport/retry-after.ts';

const answer = (status: number, body: string | ReadableStream | null, headers: Record<string, string> = {}) =>
  readResponse(new Response(body, { status, headers }));

describe('an answer of Graph', () => {
  it('gives its code and request id', async () => {
    const body = JSON.stringify({
      error: { code: 'InvalidRequest', message: 'secret', innerError: { 'request-id': 'r-1' } },
    });
    const read = await answer(400, body);
    expect(read.graph).toEqual({ status: 400, code: 'InvalidRequest', requestId: 'r-1' });
  });

  it.each(['innerError', 'innererror'])('gives the deepest code of a nested %s', async (name) => {
    const body = { error: { code: 'A', [name]: { code: 'B', [name]: { code: 'C', 'request-id': 'r' } } } };
    const read = await answer(409, JSON.stringify(body));
    expect(read.graph).toEqual({ status: 409, code: 'C', requestId: 'r' });
    expect(read.codes).toEqual(['A', 'B', 'C']);
  });

  it('prefers the header’s request id', async () => {
    expect((await answer(500, '{}', { 'request-id': 'h' })).graph.requestId).toBe('h');
  });

  it('passes nothing on that could be free text', async () => {
    const read = await answer(400, JSON.stringify({ error: { code: 'Contoso Marketing is bad' } }));
    expect(read.graph.code).toBeNull();
  });

  it('of HTML, of nothing, of half a JSON has a status and no body', async () => {
    for (const body of ['<html>', '', '{"error":', null]) {
      expect(await answer(502, body)).toMatchObject({ status: 502, body: undefined, codes: [] });
    }
  });

  it('that never ends in size is cut off', async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536));
      },
    });
    expect((await answer(200, endless)).body).toBeUndefined();
    expect(sent).toBeLessThan(1_000_000);
  });

  it('whose body breaks off keeps its status', async () => {
    const broken = new ReadableStream({ start: (controller) => controller.error(new Error('reset')) });
    expect(await answer(429, broken, { 'retry-after': '3' })).toMatchObject({ status: 429, retryAfter: 3 });
  });

  it('of whatever JSON is read without a throw', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 200, max: 599 }), fc.json(), async (status, body) => {
        const bodiless = [204, 205, 304].includes(status);
        const read = await answer(status, bodiless ? null : body);
        expect(read.status).toBe(status);
        readGroup(read.body, 'a');
      }),
    );
  });
});

describe('a group in an answer', () => {
  it('has the three documented properties and no others', () => {
    const body = { '@odata.context': 'x', id: 'a', displayName: 'A', members: [] };
    expect(readGroup(body, 'a')).toEqual({ id: 'a', displayName: 'A', description: null });
  });

  it('is given back as Graph spells it', () => {
    expect(readGroup({ id: 'ABC' }, 'abc')?.id).toBe('ABC');
  });

  it.each([undefined, null, [], {}, { id: 'b' }, { id: 'a', displayName: 1 }])('is not %j', (body) => {
    expect(readGroup(body, 'a')).toBeNull();
  });
});

describe('Retry-After', () => {
  const now = Date.parse('Wed, 21 Oct 2026 07:28:00 GMT');
  const read = (text: string, date?: string) =>
    readRetryAfter(new Headers({ 'retry-after': text, ...(date === undefined ? {} : { date }) }), now);

  it.each([
    ['120', 120],
    ['2.128', 2.128],
    ['0', 0],
    ['864000', 864_000],
    ['Wed, 21 Oct 2026 07:28:30 GMT', 30],
    ['Wed, 21 Oct 2026 07:00:00 GMT', 0],
    ['Wednesday, 21-Oct-26 07:28:30 GMT', 30],
    ['Wed Oct 21 07:28:30 2026', 30],
    ['-1', null],
    ['soon', null],
    ['1e9', null],
    ['2026', 2026],
    ['', null],
    ['Wed', null],
  ])('%j is %j seconds', (text, seconds) => {
    expect(read(text)).toBe(seconds);
  });

  it('is measured against the answer’s own clock', () => {
    expect(read('Wed, 21 Oct 2026 08:28:30 GMT', 'Wed, 21 Oct 2026 08:28:00 GMT')).toBe(30);
  });

  it('absent is null', () => {
    expect(readRetryAfter(new Headers(), now)).toBeNull();
  });
});
