import { describe, expect, it, vi } from 'vitest';
import { operationIdOf } from '../../../src/groups/operation-id.ts';
import type { Outcome } from '../../../src/groups/outcome.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import { arrival, createTwin, start } from './twin.ts';

const group = { id: 'a', displayName: 'A' };
const minimal = { connectionId: 'contosohr', group };
const operationId = operationIdOf('contosohr', group);
const graph = { status: 429, code: 'TooManyRequests', requestId: 'r' };
const throttled = (retryAfter: number | null, uncertain = false): Outcome => ({
  kind: 'throttled',
  graph,
  retryAfter,
  uncertain,
});

describe('the queue twin', () => {
  it('settles a creation with one record, and nothing is queued again', async () => {
    const twin = createTwin();
    await twin.createDeferred(minimal, arrival);
    expect(twin.recorded).toMatchObject([
      {
        id: operationId,
        status: 'succeeded',
        resourceLocation: 'https://graph/contosohr/a',
        attempts: 1,
      },
    ]);
    expect(twin.sent).toEqual([]);
    expect(twin.events).toEqual(['ExternalGroupCreated']);
  });

  it('shows what takes longer as running, and then its end', async () => {
    const twin = createTwin();
    twin.graph = () => vi.waitFor(() => expect(twin.recorded).toHaveLength(1), { interval: 5 });
    await twin.createDeferred(minimal, arrival);
    expect(twin.recorded.map(({ id, status }) => [id, status])).toEqual([
      [operationId, 'running'],
      [operationId, 'succeeded'],
    ]);
  });

  it('tells of a creation once, however many copies its message has', async () => {
    const twin = createTwin();
    await twin.createDeferred(minimal, arrival);
    const [operation] = twin.recorded;
    if (operation === undefined) throw new Error('nothing was recorded');
    twin.stored = { operation, delivery: operation.createdDateTime };
    await twin.createDeferred(minimal, arrival);
    expect(twin.events).toEqual(['ExternalGroupCreated']);
    const later = new Date(start + 1_000).toISOString();
    await twin.createDeferred(minimal, { ...arrival, insertedOn: later });
    expect(twin.events).toEqual(['ExternalGroupCreated', 'ExternalGroupCreated']);
  });

  it('postpones by what Graph asks, and carries attempts, age and doubt along', async () => {
    const twin = createTwin();
    twin.outcome = throttled(30, true);
    twin.now = start + 5_000;
    await twin.createDeferred(minimal, arrival);
    expect(twin.sent).toMatchObject([
      {
        queue: queueNames.work,
        content: {
          ...minimal,
          operationId,
          reason: 'throttled',
          attempts: 1,
          uncertain: true,
          firstQueuedDateTime: new Date(start).toISOString(),
          traceparent: expect.any(String),
        },
        options: { delay: 30 },
      },
    ]);
    expect(twin.recorded.at(-1)).toMatchObject({
      status: 'running',
      reason: 'throttled',
      nextAttemptDateTime: new Date(start + 35_000).toISOString(),
      error: { status: 503, graph },
    });

    const [again] = twin.sent;
    twin.outcome = { kind: 'created', group };
    await twin.createDeferred(again?.content, { ...arrival, insertedOn: 'much later' });
    expect(twin.attempts.map(({ uncertain }) => uncertain)).toEqual([false, true]);
    expect(twin.recorded.at(-1)).toMatchObject({ status: 'succeeded', attempts: 2 });
  });

  it('queues the new message before it is done with the old one: without a queue it rejects', async () => {
    const twin = createTwin();
    twin.outcome = throttled(30);
    twin.queueIsDown = true;
    await expect(twin.createDeferred(minimal, arrival)).rejects.toThrow('queue down');
    expect(twin.recorded.map(({ status }) => status)).toEqual(['running']);
  });

  it('keeps doubt through an attempt that says nothing about it', async () => {
    const twin = createTwin();
    twin.outcome = { kind: 'denied', graph: { status: 403, code: null, requestId: null } };
    await twin.createDeferred({ ...minimal, uncertain: true }, arrival);
    expect(twin.sent).toMatchObject([{ content: { uncertain: true, reason: 'denied' } }]);
  });

  it.each<[string, Outcome, string]>([
    ['429', throttled(null), 'gave-up'],
    [
      'an outage',
      { kind: 'unavailable', why: 'x', graph: null, retryAfter: null, uncertain: true },
      'gave-up',
    ],
    ['403', { kind: 'denied', graph: { ...graph, status: 403 } }, 'graph-access-denied'],
  ])(
    'gives %s up at the age that is set, with the reason in letter and operation',
    async (_what, outcome, code) => {
      const twin = createTwin();
      twin.outcome = outcome;
      twin.now = start + 3_600_000;
      await twin.createDeferred({ ...minimal, attempts: 9 }, arrival);
      expect(twin.sent).toMatchObject([
        {
          queue: queueNames.deadLetters,
          content: {
            ...minimal,
            attempts: 10,
            operationId,
            error: { code },
            deadLetteredDateTime: expect.any(String),
          },
        },
      ]);
      expect(twin.recorded.at(-1)).toMatchObject({
        status: 'failed',
        error: { type: `urn:problem-type:${code}` },
      });
      expect(twin.events).toEqual(['ExternalGroupDeadLettered']);
    },
  );

  it('counts no attempt where the limiter held the call back, and does not give up for it', async () => {
    const twin = createTwin();
    twin.outcome = { kind: 'throttled', graph: null, retryAfter: 3, uncertain: false };
    twin.now = start + 3_600_000;
    await twin.createDeferred({ ...minimal, attempts: 2 }, arrival);
    expect(twin.sent).toMatchObject([
      { queue: queueNames.work, content: { attempts: 2, reason: 'throttled' } },
    ]);
    expect(twin.recorded.at(-1)).toMatchObject({ status: 'running', attempts: 2 });
  });

  it('completes a producer’s message in its dead letter', async () => {
    const twin = createTwin();
    await twin.createDeferred({ connectionId: 'forbidden', group }, arrival);
    expect(twin.sent).toMatchObject([
      {
        content: {
          reason: 'queued',
          attempts: 0,
          uncertain: false,
          firstQueuedDateTime: new Date(start).toISOString(),
        },
      },
    ]);
  });

  it('drops the copy of a delivery that is settled', async () => {
    const twin = createTwin();
    twin.outcome = throttled(5);
    const delivery = new Date(start).toISOString();
    await twin.createDeferred(minimal, arrival);
    const operation = {
      ...(twin.recorded[0] as NonNullable<(typeof twin.recorded)[0]>),
      status: 'succeeded',
    } as const;
    twin.stored = { operation, delivery };
    twin.sent.length = 0;
    await twin.createDeferred(minimal, arrival);
    expect(twin.sent).toEqual([]);
  });

  it('does not drop a delivery because another one is settled', async () => {
    const twin = createTwin();
    twin.outcome = throttled(5);
    await twin.createDeferred(minimal, arrival);
    const operation = {
      ...(twin.recorded[0] as NonNullable<(typeof twin.recorded)[0]>),
      status: 'succeeded',
    } as const;
    twin.stored = { operation, delivery: new Date(start + 9_000).toISOString() };
    twin.sent.length = 0;
    await twin.createDeferred(minimal, arrival);
    expect(twin.sent).toMatchObject([{ queue: queueNames.work }]);
  });

  it('with the table down creates all the same and looks again later, reading first', async () => {
    const twin = createTwin();
    twin.tableIsDown = true;
    await twin.createDeferred(minimal, arrival);
    expect(twin.sent).toMatchObject([
      { queue: queueNames.work, content: { uncertain: true }, options: { delay: 60 } },
    ]);
  });

  it('with the table down keeps a failure until its end can be shown', async () => {
    const twin = createTwin();
    twin.tableIsDown = true;
    twin.outcome = { kind: 'refused', graph: { ...graph, status: 400 } };
    await twin.createDeferred(minimal, arrival);
    expect(twin.sent).toMatchObject([
      { queue: queueNames.work, content: { uncertain: true }, options: { delay: 60 } },
    ]);
  });

  it('knows a clock that is hours ahead from one that is mad', async () => {
    for (const [ahead, kept] of [
      [3 * 3_600_000, true],
      [400 * 86_400_000, false],
    ] as const) {
      const twin = createTwin();
      twin.outcome = throttled(5);
      const firstQueuedDateTime = new Date(start + ahead).toISOString();
      await twin.createDeferred({ ...minimal, firstQueuedDateTime }, arrival);
      expect(twin.sent[0]?.content.firstQueuedDateTime === firstQueuedDateTime).toBe(kept);
    }
  });

  it('buries what is nested too deeply to be written down, without a throw', async () => {
    const twin = createTwin();
    const deep: unknown = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`);
    await twin.createDeferred(deep, arrival);
    expect(twin.sent).toMatchObject([
      { queue: queueNames.deadLetters, content: { error: { code: 'validation-failed' } } },
    ]);
  });
});

describe('the rescuer', () => {
  it('makes a dead letter of what the host gave up on', async () => {
    const twin = createTwin();
    await twin.rescue({ ...minimal, attempts: 2 }, arrival);
    expect(twin.sent).toMatchObject([
      { queue: queueNames.deadLetters, content: { ...minimal, attempts: 2, error: { code: 'crashed' } } },
    ]);
    expect(twin.recorded.at(-1)).toMatchObject({ status: 'failed' });
  });

  it('buries nothing whose end had been recorded before the host was interrupted', async () => {
    const twin = createTwin();
    await twin.createDeferred(minimal, arrival);
    const operation = twin.recorded.at(-1) as NonNullable<(typeof twin.recorded)[0]>;
    twin.stored = { operation, delivery: new Date(start).toISOString() };
    await twin.rescue(minimal, arrival);
    expect(twin.sent).toEqual([]);
  });

  it('works without the table', async () => {
    const twin = createTwin();
    twin.tableIsDown = true;
    await twin.rescue(minimal, arrival);
    expect(twin.sent).toHaveLength(1);
  });

  it('keeps the bytes of what cannot be read', async () => {
    const twin = createTwin();
    await twin.rescue('{half ☂', arrival);
    const raw = Buffer.from('{half ☂').toString('base64');
    expect(twin.sent).toMatchObject([{ content: { raw, error: { code: 'malformed-json' } } }]);
  });
});
