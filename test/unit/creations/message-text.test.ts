import { describe, expect, it } from 'vitest';
import { decodeMessage, toBytes } from '../../../src/queue/message-text.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import { openCreations, ownEnvelope, start } from './open-creations.ts';

const message = { connectionId: 'contosohr', group: { id: 'a', displayName: 'Łódź ☂' } };
const json = JSON.stringify(message);
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const letter = { queue: queueNames.deadLetters };

describe('the text of a message', () => {
  it.each([
    ['JSON', json],
    ['base64 of JSON', base64(json)],
    ['JSON over several lines', JSON.stringify(message, null, 2)],
    ['base64 with a line end', `${base64(json)}\r\n`],
  ])('is taken as %s', async (_what, text) => {
    const { work, events, sent } = openCreations();
    await work(text);
    expect(events).toEqual(['ExternalGroupCreated']);
    expect(sent).toEqual([]);
  });

  it.each<[string, string | Buffer, string | Buffer]>([
    ['no JSON', 'hello, world', 'hello, world'],
    ['half of JSON', '{"connectionId": "contosohr", "grou', '{"connectionId": "contosohr", "grou'],
    ['base64 of half of JSON', base64('{"connectionId"'), '{"connectionId"'],
    [
      'base64 of bytes that are not UTF-8',
      base64(Buffer.from([0xff, 0xfe, 0])),
      Buffer.from([0xff, 0xfe, 0]),
    ],
    ['a byte order mark', `\uFEFF${json}`, `\uFEFF${json}`],
    [
      'a member twice',
      `${json.slice(0, -1)},"connectionId":"fabrikam"}`,
      `${json.slice(0, -1)},"connectionId":"fabrikam"}`,
    ],
    [
      'a member twice in the group',
      json.replace('"id":"a"', '"id":"a","id":"b"'),
      json.replace('"id":"a"', '"id":"a","id":"b"'),
    ],
    [
      'a number of 20 digits',
      `${json.slice(0, -1)},"attempts":12345678901234567890}`,
      `${json.slice(0, -1)},"attempts":12345678901234567890}`,
    ],
    [
      'nesting that no stack holds',
      '['.repeat(15_000) + ']'.repeat(15_000),
      '['.repeat(15_000) + ']'.repeat(15_000),
    ],
    ['an array', '[1]', '[1]'],
  ])('that is %s is a dead letter within one attempt, with its exact bytes', async (_what, text, bytes) => {
    const { work, sent, calls } = openCreations();
    await work(text);
    expect(calls).toEqual([]);
    expect(sent).toMatchObject([{ ...letter, content: { raw: base64(bytes) } }]);
  });

  it('that could be plain or base64 loses nothing: "raw" reads as the text did', async () => {
    const { work, sent } = openCreations();
    await work('abcd');
    expect(sent).toMatchObject([{ content: { raw: 'abcd', error: { code: 'malformed-json' } } }]);
  });

  it('is found in whatever a host hands out', () => {
    expect(toBytes(new Uint8Array([0xff, 1]))).toEqual(Buffer.from([0xff, 1]));
    expect(toBytes('Łódź').toString()).toBe('Łódź');
    expect(JSON.parse(toBytes(message).toString())).toEqual(message);
    const deep: unknown = JSON.parse('['.repeat(200_000) + ']'.repeat(200_000));
    expect(toBytes(deep).toString()).toMatch(/too deeply/);
  });

  it('is decoded once, never twice', () => {
    expect(decodeMessage(Buffer.from(base64(base64(json)))).json.ok).toBe(false);
  });
});

describe('a message of a later version', () => {
  const later = { version: 2, firstQueuedDateTime: new Date(start).toISOString(), declared: 1 };

  it('is kept as it is, byte for byte, and processed again', async () => {
    const { work, sent, calls } = openCreations();
    const text = `${JSON.stringify(later).slice(0, -1)}, "big": 9007199254740993 }`;
    await work(base64(text));
    expect(sent).toMatchObject([{ queue: queueNames.work, options: { delay: 900 } }]);
    expect(sent[0]?.text).toBe(text);
    expect(calls).toEqual([]);
  });

  it('is a dead letter at the give-up age, unabridged, for the release that wrote it', async () => {
    const { work, sent, runtime } = openCreations();
    await runtime.clock.pass(3_600_000);
    await work(later);
    expect(sent).toMatchObject([{ ...letter, content: { raw: base64(JSON.stringify(later)) } }]);
  });

  it.each([
    ['says not when it was queued', { version: 2 }],
    ['is from the far future', { ...later, firstQueuedDateTime: '9999-12-31T00:00:00Z' }],
  ])('that %s cannot go round forever', async (_which, message_) => {
    const { work, sent } = openCreations();
    await work(message_);
    expect(sent).toMatchObject([letter]);
  });

  it.each([[0], [-1], [1.5], ['2'], [null]])(
    'is not one that claims to be of version %j',
    async (version) => {
      const { work, sent } = openCreations();
      await work({ ...message, version });
      expect(sent).toMatchObject([{ ...letter, content: { error: { code: 'validation-failed' } } }]);
    },
  );
});

describe('work that was accepted under another setting', () => {
  it('is a dead letter with its envelope, which can be redriven', async () => {
    const own = { ...message, group: { id: 'a_b' }, ...ownEnvelope({ attempts: 3 }) };
    const { work, sent } = openCreations({ idCharacters: 'alphanumeric' });
    await work(own);
    expect(sent).toMatchObject([{ ...letter, content: { ...own, error: { code: 'validation-failed' } } }]);
    expect(sent[0]?.content).not.toHaveProperty('raw');
    const other = openCreations({ idCharacters: 'base64url' });
    await other.work(own);
    expect(other.sent).toEqual([]);
  });
});
