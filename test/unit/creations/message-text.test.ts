import { describe, expect, it } from 'vitest';
import { decodeMessage, toBytes } from '../../../src/queue/message-text.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import { openCreations, ownEnvelope, start } from './open-creations.ts';

const message = { connectionId: 'contosohr', group: { id: 'a', displayName: 'Łódź ☂' } };
const json = JSON.stringify(message);
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const letter = { queue: queueNames.deadLetters };
const queuedAgain = (delay: number) => ({ queue: queueNames.work, options: { delay } });

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
    ['base64 of half of JSON', base64('{"connectionId"'), base64('{"connectionId"')],
    [
      'base64 of bytes that are not UTF-8',
      base64(Buffer.from([0xff, 0xfe, 0])),
      base64(Buffer.from([0xff, 0xfe, 0])),
    ],
    ['base64 of JSON that is no message', base64('[1]'), '[1]'],
    ['base64 of JSON with a member twice', base64('{"a":1,"a":2}'), '{"a":1,"a":2}'],
    ['a word that happens to be base64', 'true', 'true'],
    ['a number that happens to be base64', '12345678', '12345678'],
    ['a hexadecimal id', 'bf253b810aa0a9fee1869ed2b47bc878', 'bf253b810aa0a9fee1869ed2b47bc878'],
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
    for (const kept of [text, base64(text)]) await work(kept);
    expect(sent.map(({ text }) => text)).toEqual([text, base64(text)]);
    expect(sent).toMatchObject([queuedAgain(900), queuedAgain(900)]);
    expect(calls).toEqual([]);
  });

  it('is sent in base64 if XML would alter its text', async () => {
    const { work, sent } = openCreations();
    const text = `${JSON.stringify(later, null, 2).replaceAll('\n', '\r\n')}\n`;
    await work(text);
    expect(sent.map(({ text }) => text)).toEqual([base64(text)]);
  });

  it.each([
    ['of nothing else', {}],
    ['of other members', { ...message, colour: 'red', deliveryId: 7, attempts: 'many' }],
    ['of a version far away', { version: 1e20 }],
    ['of a list', { group: [1, [2, [3]]], connectionId: null }],
  ])('is kept whatever its shape: %s', async (_what, shape) => {
    const { work, sent } = openCreations();
    const { version, firstQueuedDateTime } = later;
    await work({ version, firstQueuedDateTime, ...shape });
    expect(sent).toMatchObject([queuedAgain(900)]);
  });

  it('comes back when it reaches the give-up age', async () => {
    const { work, sent, runtime } = openCreations();
    await runtime.clock.pass(3_600_000 - 5_000);
    await work(later);
    expect(sent).toMatchObject([queuedAgain(5)]);
  });

  it('is a dead letter at the give-up age, unabridged, for the release that wrote it', async () => {
    const { work, sent, runtime } = openCreations();
    await runtime.clock.pass(3_600_000);
    await work(later);
    expect(sent).toMatchObject([
      { ...letter, content: { raw: base64(JSON.stringify(later)), error: { code: 'later-version' } } },
    ]);
  });

  it('is kept past that age if its letter could not hold all of it', async () => {
    const { work, sent, runtime } = openCreations();
    await runtime.clock.pass(3_600_000);
    const text = JSON.stringify({ ...later, long: 'x'.repeat(40_000) });
    await work(text);
    expect(sent).toMatchObject([{ ...queuedAgain(900), text }]);
  });

  it.each([
    ['says not when it was queued', { version: 2 }],
    ['is from the far future', { ...later, firstQueuedDateTime: '9999-12-31T00:00:00Z' }],
  ])('that %s cannot go round forever', async (_which, message_) => {
    const { work, sent } = openCreations();
    await work(message_);
    expect(sent).toMatchObject([{ ...letter, content: { error: { code: 'later-version' } } }]);
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
