import { describe, expect, it } from 'vitest';
import { readLetter } from '../../../cli/dead-letters/letter.ts';
import { createReaders } from '../../../cli/dead-letters/readers.ts';
import type { Outcome } from '../../../src/groups/outcome.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import { type CreationsOptions, created, openCreations, ownEnvelope, start } from './open-creations.ts';

const group = { id: 'a', displayName: 'A' };
const minimal = { connectionId: 'contosohr', group };
const throttled: Outcome = {
  kind: 'throttled',
  why: '429',
  graph: { status: 429, code: null, requestId: null },
  retryAfter: 30,
  uncertain: false,
};
const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
const second = 1_000;
const minute = 60_000;
const hour = 3_600_000;
/** A moment as storage shows it. */
const on = (milliseconds: number) => new Date(start + milliseconds);

/** Creations, and the moments of queueing for which the ledger was asked. */
function open(options: CreationsOptions = {}) {
  const asked: number[] = [];
  const groupIsGoneSince = async (_connection: string, _group: string, queuedOn: number) => {
    asked.push(queuedOn - start);
    return false;
  };
  const creations = openCreations({ groupIsGoneSince, ...options });
  const content = (index: number) => creations.sent[index]?.content;
  return { ...creations, asked, content };
}

function redrivenOf(letter: unknown, at: number): object {
  const text = Buffer.from(JSON.stringify(letter)).toString('base64');
  const { revival } = readLetter({ messageId: 'letter', insertedOn: on(at), text }, createReaders());
  if ('obstacle' in revival) throw new Error(revival.obstacle);
  return revival.toMessage({ id: 'redriven', queuedAt: on(at).toISOString() });
}

describe('when work was first queued', () => {
  it.each([
    ['behind', -10 * minute],
    ['ahead', 10 * minute],
  ])(
    'is the queue’s time of its first message, though the clock of the instance is %s',
    async (_what, error) => {
      const { createNow, work, runtime, content, asked } = open({ outcomes: [throttled] });
      const preference = { respondAsync: true, wait: null };
      await createNow({ ...minimal, preference, trace, log: () => undefined });
      const insertedOn = new Date(runtime.clock.now() - error);
      await work(content(0), { messageId: 'first', insertedOn });
      await work(content(1), { messageId: 'second', insertedOn: new Date(insertedOn.getTime() + hour) });
      expect(asked).toEqual([-error, -error]);
      expect(content(1)).toMatchObject({ firstQueuedDateTime: insertedOn.toISOString() });
      expect(content(2)).toMatchObject({ firstQueuedDateTime: insertedOn.toISOString() });
    },
  );

  it('is carried by what is queued again of a producer’s message', async () => {
    const { work, content, asked } = open({ outcomes: [throttled] });
    await work(minimal, { insertedOn: on(5 * second) });
    await work(content(0), { messageId: 'second', insertedOn: on(minute) });
    expect(asked).toEqual([5 * second, 5 * second]);
  });

  it.each([
    ['later than its message', { firstQueuedDateTime: '9999-12-31T23:59:59Z' }],
    ['earlier', { firstQueuedDateTime: '2020-01-01T00:00:00Z' }],
    ['a deliveryId', { deliveryId: 'fixed' }],
    ['a delivery', { version: 1, deliveryId: 'fixed', firstQueuedDateTime: '2020-01-01T00:00:00Z' }],
    ['attempts', { attempts: 1_000_000 }],
    ['a success that was told', { announced: true }],
    ['a redrive', { redrivenDateTime: '2020-01-01T00:00:00Z' }],
    ['a doubt', { uncertain: true, reason: 'denied' }],
  ] as const)('is not what a producer says of it: %s', async (_what, claim) => {
    const { work, content, asked, events, sent, calls } = open({ outcomes: [throttled, created] });
    await work({ ...minimal, ...claim }, { insertedOn: on(5 * second) });
    const { traceparent, ...queued } = content(0) ?? {};
    expect(traceparent).toEqual(expect.any(String));
    expect(queued).toEqual({
      ...minimal,
      operationId: expect.any(String),
      ...ownEnvelope({ deliveryId: 'message-1', firstQueuedDateTime: on(5 * second).toISOString() }),
    });
    expect(calls).toMatchObject([{ uncertain: false }]);
    expect(sent[0]?.options.delay).toBe(30);
    await work(content(0), { insertedOn: on(minute) });
    expect(asked).toEqual([5 * second, 5 * second]);
    expect(events).toEqual(['ExternalGroupPostponed', 'ExternalGroupCreated']);
  });

  it('never lies after the insertion of the message that says so', async () => {
    const { work, asked } = open();
    await work(
      { ...minimal, ...ownEnvelope({ firstQueuedDateTime: on(hour).toISOString() }) },
      { insertedOn: on(0) },
    );
    expect(asked).toEqual([999]);
  });

  it('is unknown of a first message in the poison queue: any deletion counts as later', async () => {
    const { createNow, work, poison, content, asked } = open({ outcomes: [created] });
    const preference = { respondAsync: true, wait: null };
    await createNow({ ...minimal, preference, trace, log: () => undefined });
    for (const [index, message] of [minimal, content(0)].entries()) {
      await poison(message, { messageId: 'poison', insertedOn: on(hour) });
      const letter = content(index + 1);
      expect(letter).not.toHaveProperty('firstQueuedDateTime');
      await work(redrivenOf(letter, 2 * hour), { insertedOn: on(2 * hour) });
    }
    expect(asked).toEqual([-start, -start]);
  });
});

describe('redriving', () => {
  it('renews attempts and age, and keeps when the work was first queued', async () => {
    const { work, content, asked, runtime, sent } = open({ outcomes: [throttled] });
    await runtime.clock.pass(hour + second);
    await work({ ...minimal, ...ownEnvelope({ attempts: 40 }) }, { insertedOn: on(minute) });
    expect(sent[0]).toMatchObject({ queue: queueNames.deadLetters, content: { error: { code: 'gave-up' } } });
    const message = redrivenOf(content(0), hour + 2 * second);
    await runtime.clock.pass(2 * second);
    await work(message, { messageId: 'm-2', insertedOn: on(hour + 2 * second) });
    const times = {
      firstQueuedDateTime: on(0).toISOString(),
      redrivenDateTime: on(hour + 2 * second).toISOString(),
    };
    expect(sent[1]).toMatchObject({ queue: queueNames.work, content: { attempts: 1, ...times } });
    await runtime.clock.pass(hour - second);
    await work(content(1), { messageId: 'm-3', insertedOn: on(2 * hour) });
    expect(sent[2]).toMatchObject({ queue: queueNames.work, content: times });
    await runtime.clock.pass(2 * second);
    await work(content(2), { messageId: 'm-4', insertedOn: on(2 * hour) });
    expect(sent[3]).toMatchObject({ queue: queueNames.deadLetters, content: times });
    expect(asked).toEqual([0, 0, 0, 0]);
  });

  it('keeps when the message of a letter was queued that could not be read then', async () => {
    const { work, content, asked } = open();
    await work({ ...minimal, colour: 'red' }, { insertedOn: on(5 * second) });
    const { raw, ...letter } = content(0) ?? {};
    const mended = { ...letter, raw: Buffer.from(JSON.stringify(minimal)).toString('base64') };
    expect(raw).toEqual(expect.any(String));
    await work(redrivenOf(mended, hour), { insertedOn: on(hour) });
    expect(asked).toEqual([5 * second]);
  });
});

describe('the age at which work is given up', () => {
  it.each([0, 1, 998, 999])('is reached by work that was queued %i ms into a second', async (into) => {
    const { work, sent, runtime } = open({ outcomes: [throttled], giveUpAfter: hour });
    await runtime.clock.pass(into);
    await work(minimal, { insertedOn: on(0) });
    await runtime.clock.pass(hour - 1);
    await work(sent[0]?.content, { insertedOn: on(hour - second) });
    expect(sent[1]).toMatchObject({ queue: queueNames.work });
    await runtime.clock.pass(second + 1);
    await work(sent[1]?.content, { insertedOn: on(hour) });
    expect(sent[2]).toMatchObject({ queue: queueNames.deadLetters });
  });
});

describe('the number of attempts', () => {
  it('stays within what a message may say', async () => {
    const { work, content, sent } = open({ outcomes: [throttled] });
    await work({ ...minimal, ...ownEnvelope({ attempts: 1_000_000 }) });
    await work(content(0));
    expect(sent).toMatchObject([
      { queue: queueNames.work, content: { attempts: 1_000_000 } },
      { queue: queueNames.work, content: { attempts: 1_000_000 } },
    ]);
  });
});
