import { describe, expect, it } from 'vitest';
import { requireJson } from '../../../src/http/media-type.ts';
import { readPrefer } from '../../../src/http/prefer.ts';
import { maxBody, readBody } from '../../../src/http/read-body.ts';
import { pathOf, requestIdOf } from '../../../src/http/request.ts';

describe('Prefer', () => {
  it.each([
    ['respond-async', true, null],
    ['Respond-Async', true, null],
    ['wait=5', false, 5000],
    ['respond-async, wait=10', true, 10_000],
    ['wait="3"; x=y, respond-async; foo', true, 3000],
    ['wait=0', false, 0],
    ['wait=5, wait=7', false, 5000],
    ['wait=-1', false, null],
    ['wait=soon', false, null],
    ['respond-async=false', false, null],
    ['return=minimal', false, null],
    ['foo="a, respond-async, wait=1", wait=2', false, 2000],
    ['respond-async=""', true, null],
    ['wait=99999999999', false, 99_999_999_999_000],
    [',,;=', false, null],
    ['foo="a;b\\", respond-async", wait=2;x="a,wait=3"', false, 2000],
    ['wait=2=3', false, null],
    ['foo="never closed, respond-async', false, null],
    [`${'x, '.repeat(1_000)}wait=4`, false, 4000],
  ])('%s', (header, respondAsync, wait) => {
    expect(readPrefer(new Headers({ prefer: header }))).toEqual({ respondAsync, wait });
  });

  it.each([',"', '",', '"",', ';"', 'a="b,c",', '\\",'])(
    'of half a million bytes of %s is read in one pass',
    (hostile) => {
      // A pass a comma would take minutes.
      const prefer = `${hostile.repeat(Math.ceil(500_000 / hostile.length))}",wait=1`;
      expect(readPrefer(new Headers({ prefer }))).toMatchObject({ respondAsync: false });
    },
  );

  it('is read from several headers', () => {
    const headers = new Headers([
      ['prefer', 'respond-async'],
      ['prefer', 'wait=1'],
    ]);
    expect(readPrefer(headers)).toEqual({ respondAsync: true, wait: 1000 });
  });
});

describe('the media type', () => {
  it.each(['application/json', 'APPLICATION/JSON; charset=UTF-8', 'application/json; charset="utf-8"'])(
    '%s is taken',
    (type) => {
      expect(() => requireJson(new Headers({ 'content-type': type }))).not.toThrow();
    },
  );

  it.each(['', 'text/plain', 'application/problem+json', 'application/json; charset=utf-16', 'json', ';;;'])(
    '%s is refused',
    (type) => {
      expect(() => requireJson(new Headers({ 'content-type': type }))).toThrow(/application\/json/);
    },
  );

  it('with a content coding is refused', () => {
    const headers = new Headers({ 'content-type': 'application/json', 'content-encoding': 'gzip' });
    expect(() => requireJson(headers)).toThrow(/Content-Encoding/);
  });
});

describe('reading a body', () => {
  const streamOf = (...chunks: number[]) =>
    new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (const length of chunks) controller.enqueue(new Uint8Array(length));
        controller.close();
      },
    });

  it('takes 32 KiB in pieces', async () => {
    const bytes = await readBody({ headers: new Headers(), body: streamOf(maxBody - 1, 1) });
    expect(bytes).toHaveLength(maxBody);
  });

  it('stops at the first byte more, whatever the header says', async () => {
    const headers = new Headers({ 'content-length': '2' });
    await expect(readBody({ headers, body: streamOf(maxBody, 1) })).rejects.toMatchObject({
      code: 'payload-too-large',
    });
  });

  it('does not wait for a body that announces itself as too large', async () => {
    const never = new ReadableStream<Uint8Array>();
    const headers = new Headers({ 'content-length': String(maxBody + 1) });
    await expect(readBody({ headers, body: never })).rejects.toMatchObject({ code: 'payload-too-large' });
  });

  it('gives up on a body that does not arrive', async () => {
    const never = new ReadableStream<Uint8Array>();
    await expect(readBody({ headers: new Headers(), body: never }, { within: 20 })).rejects.toMatchObject({
      code: 'request-timeout',
    });
  });

  it('takes no body as an empty one', async () => {
    expect(await readBody({ headers: new Headers(), body: null })).toHaveLength(0);
  });
});

describe('a request', () => {
  it.each([
    ['abc-1.2_3', 'abc-1.2_3'],
    ['a b', 'own'],
    ['', 'own'],
    ['x'.repeat(129), 'own'],
  ])('with the id %j is known as %j', (given, id) => {
    expect(requestIdOf(new Headers({ 'x-request-id': given }), 'own')).toBe(id);
  });

  it('is named by its path without the query, which may hold the key', () => {
    expect(pathOf('http://localhost/api/connections/x/groups?code=secret')).toBe('/api/connections/x/groups');
  });
});
