import { describe, expect, it, vi } from 'vitest';
import type { OperationsTable } from '../../../src/creations/operations/operations.ts';
import { operationIdOf } from '../../../src/groups/operation-id.ts';
import type { Outcome } from '../../../src/groups/outcome.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import { createMemoryTable } from '../../support/memory-table.ts';
import { createTestRuntime } from '../../support/test-runtime.ts';
import { created, openCreations, ownEnvelope, start, tableDown, within } from './open-creations.ts';

const group = { id: 'a', displayName: 'A' };
const minimal = { connectionId: 'contosohr', group };
const operationId = operationIdOf('contosohr', group);
const graph = { status: 429, code: 'TooManyRequests', requestId: 'r' };
const throttled = (retryAfter: number | null, uncertain = false): Outcome => ({
  kind: 'throttled',
  why: '429',
  graph,
  retryAfter,
  uncertain,
});
const outage: Outcome = { kind: 'silent', why: 'x', graph: null, retryAfter: null, uncertain: true };
const denied: Outcome = { kind: 'denied', graph: { ...graph, status: 403 } };
const refused: Outcome = { kind: 'refused', graph: { ...graph, status: 400 } };
const hour = 3_600_000;
/** When work of the first second is as old as the age at which it is given up. */
const overdue = hour + 1_000;

describe('the queue worker', () => {
  it('settles a creation with its record, and nothing is queued again', async () => {
    const { work, operations, sent, events } = openCreations();
    await work(minimal);
    expect(await operations.read(operationId, within)).toMatchObject({
      id: operationId,
      status: 'succeeded',
      resourceLocation: 'https://graph/contosohr/a',
      attempts: 1,
    });
    expect(sent).toEqual([]);
    expect(events).toEqual(['ExternalGroupCreated']);
  });

  it('shows what takes longer as running, and then its end', async () => {
    const runtime = createTestRuntime(start);
    const { work, operations } = openCreations({
      runtime,
      duringCall: async () => {
        expect(await operations.read(operationId, within)).toBeNull();
        await runtime.clock.pass(250);
        await vi.waitFor(async () =>
          expect(await operations.read(operationId, within)).toMatchObject({ status: 'running' }),
        );
      },
    });
    await work(minimal);
    expect(await operations.read(operationId, within)).toMatchObject({ status: 'succeeded' });
  });

  it('reports a creation once, however often its message is delivered', async () => {
    const { work, events, runtime } = openCreations();
    await work(minimal);
    await runtime.clock.pass(1);
    await work(minimal, { dequeueCount: 2 });
    expect(events).toEqual(['ExternalGroupCreated']);
    await work(minimal, { messageId: 'message-2' });
    expect(events).toEqual(['ExternalGroupCreated', 'ExternalGroupCreated']);
  });

  it('reschedules by what Graph asks, and carries name, attempts, age and doubt along', async () => {
    const { work, operations, sent, calls, runtime } = openCreations({
      outcomes: [throttled(30, true), created],
    });
    await runtime.clock.pass(5_000);
    await work(minimal);
    expect(sent).toMatchObject([
      {
        queue: queueNames.work,
        content: {
          ...minimal,
          version: 1,
          deliveryId: 'message-1',
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
    expect(await operations.read(operationId, within)).toMatchObject({
      status: 'running',
      reason: 'throttled',
      nextAttemptDateTime: new Date(start + 35_000).toISOString(),
      error: { status: 503, graph },
    });

    await work(sent[0]?.content, { messageId: 'message-2', insertedOn: new Date(start + 6_000) });
    expect(calls.map(({ uncertain }) => uncertain)).toEqual([false, true]);
    expect(await operations.read(operationId, within)).toMatchObject({ status: 'succeeded', attempts: 2 });
  });

  it('queues the new message before it is done with the old one: without a queue it rejects', async () => {
    const { work } = openCreations({ outcomes: [throttled(30)], queueIsDown: true });
    await expect(work(minimal)).rejects.toThrow('queue down');
  });

  it('reads before it writes if the message was handed out before, whatever became of that attempt', async () => {
    const { work, calls } = openCreations();
    await work(minimal, { dequeueCount: 1 });
    await work(minimal, { dequeueCount: 2, messageId: 'message-2' });
    await work(minimal, { dequeueCount: 'nonsense', messageId: 'message-3' });
    expect(calls.map(({ uncertain }) => uncertain)).toEqual([false, true, false]);
  });

  it('stays uncertain through an attempt that says nothing about it', async () => {
    const { work, sent } = openCreations({ outcomes: [denied] });
    await work({ ...minimal, ...ownEnvelope({ uncertain: true }) });
    expect(sent).toMatchObject([{ content: { uncertain: true, reason: 'denied' } }]);
  });

  it.each<[string, Outcome, string]>([
    ['429', throttled(null), 'gave-up'],
    ['an outage', outage, 'gave-up'],
    ['403', denied, 'graph-access-denied'],
  ])(
    'gives %s up at the age that is set, with the reason in letter and operation',
    async (_what, last, code) => {
      const { work, operations, sent, events, runtime } = openCreations({ outcomes: [last] });
      await runtime.clock.pass(overdue);
      await work({ ...minimal, ...ownEnvelope({ attempts: 9 }) });
      expect(sent).toMatchObject([
        {
          queue: queueNames.deadLetters,
          content: {
            ...minimal,
            queue: queueNames.work,
            attempts: 10,
            operationId,
            error: { code, detail: expect.stringMatching(/^Given up after 10 attempts\./) },
            deadLetteredDateTime: expect.any(String),
          },
        },
      ]);
      expect(await operations.read(operationId, within)).toMatchObject({
        status: 'failed',
        error: { type: `urn:problem-type:${code}` },
      });
      expect(events).toEqual(['ExternalGroupDeadLettered']);
    },
  );

  it('counts no attempt if the limiter held the call back, and does not give up for it', async () => {
    const held: Outcome = {
      kind: 'throttled',
      why: 'held back',
      graph: null,
      retryAfter: 3,
      uncertain: false,
    };
    const { work, operations, sent, runtime } = openCreations({ outcomes: [held] });
    await runtime.clock.pass(overdue);
    await work({ ...minimal, ...ownEnvelope({ attempts: 2 }) });
    expect(sent).toMatchObject([{ queue: queueNames.work, content: { attempts: 2, reason: 'throttled' } }]);
    expect(await operations.read(operationId, within)).toMatchObject({ status: 'running', attempts: 2 });
  });

  it.each([
    ['429', throttled(5)],
    ['503', outage],
    ['403', denied],
  ])('works a message whose delivery has succeeded once, though Graph says %s now', async (_what, says) => {
    const { work, sent, calls } = openCreations({ outcomes: [created, says, created] });
    await work(minimal);
    await work(minimal);
    expect(sent).toMatchObject([{ queue: queueNames.work, content: minimal }]);
    await work(sent[0]?.content, { messageId: 'message-2' });
    expect(calls).toHaveLength(3);
  });

  it('works the envelope of a dead letter that is put on the queue again, and shows that it succeeded', async () => {
    const { work, sent, operations, events } = openCreations({ outcomes: [refused, throttled(5), created] });
    await work(minimal);
    expect(await operations.read(operationId, within)).toMatchObject({ status: 'failed' });
    const { error, deadLetteredDateTime, queue, ...envelope } = sent[0]?.content ?? {};
    await work(envelope, { messageId: 'message-2' });
    expect(sent[1]).toMatchObject({ queue: queueNames.work, content: minimal });
    await work(sent[1]?.content, { messageId: 'message-3' });
    expect(await operations.read(operationId, within)).toMatchObject({ status: 'succeeded', attempts: 3 });
    expect(events).toContain('ExternalGroupCreated');
  });

  it('writes a dead letter for every copy that fails', async () => {
    const { work, sent } = openCreations({ outcomes: [refused] });
    await work(minimal);
    await work(minimal);
    expect(sent).toMatchObject([{ queue: queueNames.deadLetters }, { queue: queueNames.deadLetters }]);
  });

  it('shows a success, also of an earlier delivery than the one that failed', async () => {
    const { work, operations } = openCreations({ outcomes: [refused, created] });
    await work(minimal, { messageId: 'message-2', insertedOn: new Date(start + 1_000) });
    await work(minimal);
    expect(await operations.read(operationId, within)).toMatchObject({ status: 'succeeded' });
  });

  it('takes back no success for a copy of it that fails', async () => {
    const { work, operations } = openCreations({ outcomes: [created, refused] });
    await work(minimal);
    await work(minimal);
    expect(await operations.read(operationId, within)).toMatchObject({ status: 'succeeded' });
  });

  it('does not drop a delivery because another one of the same second is settled', async () => {
    const { work, sent } = openCreations({ outcomes: [created, throttled(5)] });
    await work(minimal);
    await work(minimal, { messageId: 'message-2' });
    expect(sent).toMatchObject([{ queue: queueNames.work, content: { deliveryId: 'message-2' } }]);
  });

  it('fails what was deleted here after it was queued, without calling Graph', async () => {
    const asked: unknown[] = [];
    const { work, operations, sent, calls } = openCreations({
      groupIsGoneSince: async (...question) => asked.push(question) > 0,
    });
    await work(minimal);
    expect(asked).toEqual([['contosohr', 'a', start]]);
    expect(calls).toEqual([]);
    expect(sent).toMatchObject([
      { queue: queueNames.deadLetters, content: { ...minimal, error: { code: 'superseded' } } },
    ]);
    expect(await operations.read(operationId, within)).toMatchObject({
      status: 'failed',
      error: { type: 'urn:problem-type:superseded' },
    });
  });

  it('waits for a ledger that cannot be read, until the give-up age', async () => {
    const { work, sent, calls, runtime, events } = openCreations({
      groupIsGoneSince: () => Promise.reject(new Error('table down')),
    });
    await work(minimal);
    expect(calls).toEqual([]);
    expect(sent).toMatchObject([{ queue: queueNames.work, content: { reason: 'unavailable' } }]);
    await runtime.clock.pass(overdue);
    await work(sent[0]?.content);
    expect(events).toEqual(['ExternalGroupPostponed', 'ExternalGroupCreated']);
  });
});

describe('with the operations table out of reach', () => {
  const look = { queue: queueNames.work, content: { uncertain: true } };

  it('a creation is made anyway, processed again, and reported once', async () => {
    const { work, sent, events } = openCreations({ table: tableDown });
    await work(minimal);
    expect(sent).toMatchObject([{ ...look, options: { delay: 30 } }]);
    await work(sent[0]?.content);
    await work(sent[1]?.content);
    expect(events).toEqual(['ExternalGroupCreated']);
  });

  it('a creation ends at the give-up age without its record', async () => {
    const { work, sent, runtime } = openCreations({ table: tableDown });
    await work(minimal);
    await runtime.clock.pass(overdue);
    await work(sent[0]?.content);
    expect(sent).toHaveLength(1);
  });

  it('a failure is kept until its end can be shown, and is a dead letter at the give-up age', async () => {
    const { work, sent, runtime } = openCreations({ table: tableDown, outcomes: [refused] });
    await work(minimal);
    expect(sent).toMatchObject([look]);
    await runtime.clock.pass(overdue);
    await work(sent[0]?.content);
    expect(sent).toMatchObject([
      look,
      { queue: queueNames.deadLetters, content: { error: { code: 'graph-rejected' } } },
    ]);
  });

  it('looks again less and less often, at least once an hour', async () => {
    const { work, sent } = openCreations({ table: tableDown, giveUpAfter: 100 * hour });
    let message: unknown = minimal;
    for (let look = 0; look < 12; look += 1) {
      await work(message);
      message = sent.at(-1)?.content;
    }
    const delays = sent.map(({ options }) => options.delay);
    expect(delays.slice(0, 3)).toEqual([30, 60, 120]);
    expect(delays.at(-1)).toBe(1_800);
  });
});

describe('an operation whose answer from the table was lost', () => {
  it('is not taken for a copy: the creation is reported', async () => {
    const table = createMemoryTable();
    const losesAnswers = {
      ...table,
      transact: async (...given: Parameters<typeof table.transact>) => {
        await table.transact(...given);
        // The SDK tries again, and the service answers that it is there.
        throw Object.assign(new Error('conflict'), { statusCode: 409 });
      },
    };
    const { work, events, operations } = openCreations({ table: losesAnswers });
    await work(minimal);
    expect(events).toEqual(['ExternalGroupCreated']);
    expect(await operations.read(operationId, within)).toMatchObject({ status: 'succeeded' });
  });
});

describe('what the operations table is asked for', () => {
  /** A table in memory and what was called on it. */
  function watchTable() {
    const table = createMemoryTable();
    const asked: string[] = [];
    const watched: OperationsTable = {
      read: (...given) => {
        asked.push('read');
        return table.read(...given);
      },
      transact: (actions, signal) => {
        asked.push(...actions.map(({ kind }) => kind));
        return table.transact(actions, signal);
      },
    };
    return { asked, table: watched };
  }

  it('is one request for a creation that Graph settles at once', async () => {
    const { table, asked } = watchTable();
    await openCreations({ table }).work(minimal);
    expect(asked).toEqual(['insert']);
  });

  it('is one for a first attempt that is rescheduled, and two for the one that settles it', async () => {
    const { table, asked } = watchTable();
    const { work, sent } = openCreations({ table, outcomes: [throttled(5), created] });
    await work(minimal);
    expect(asked).toEqual(['insert']);
    asked.length = 0;
    await work(sent[0]?.content);
    expect(asked).toEqual(['read', 'replace']);
  });

  it('is one more if something was there that was not expected', async () => {
    const { table, asked } = watchTable();
    const { work } = openCreations({ table });
    await work(minimal);
    asked.length = 0;
    await work(minimal, { messageId: 'message-2', insertedOn: new Date(start + 1_000) });
    expect(asked).toEqual(['insert', 'read', 'replace']);
  });
});
