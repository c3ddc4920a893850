import { describe, expect, it } from 'vitest';
import type { CreationRequest } from '../../../src/creations/create-now.ts';
import { operationIdOf } from '../../../src/groups/operation-id.ts';
import type { Outcome } from '../../../src/groups/outcome.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import { newTrace } from '../../../src/telemetry/trace-context.ts';
import { created, openCreations, start, tableDown, within } from './open-creations.ts';

const group = { id: 'a', displayName: 'A' };
const operationId = operationIdOf('contosohr', group);
const graph = { status: 429, code: 'TooManyRequests', requestId: 'r' };
const throttled: Outcome = { kind: 'throttled', why: '429', graph, retryAfter: 30, uncertain: true };
const request = (preference: Partial<CreationRequest['preference']> = {}): CreationRequest => ({
  connectionId: 'contosohr',
  group,
  preference: { respondAsync: false, wait: null, ...preference },
  trace: newTrace(),
  log: () => undefined,
});

describe('creating a group while the caller waits', () => {
  it('answers what Graph settles, and keeps nothing', async () => {
    for (const [outcome, event] of [
      [created, ['ExternalGroupCreated']],
      [{ kind: 'unchanged', group } as const, ['ExternalGroupUnchanged']],
      [{ kind: 'denied', graph: { ...graph, status: 403 } } as const, []],
    ] satisfies [Outcome, string[]][]) {
      const { createNow, sent, events } = openCreations({ outcomes: [outcome] });
      expect(await createNow(request())).toEqual({ kind: 'answered', outcome });
      expect(sent).toEqual([]);
      expect(events).toEqual(event);
    }
  });

  it('keeps what Graph does not take, by a name of its own and with what is known of the attempt', async () => {
    const { createNow, sent, operations } = openCreations({ outcomes: [throttled] });
    const { trace, ...rest } = request();
    const result = await createNow({ ...rest, trace });
    expect(result).toMatchObject({ kind: 'accepted', operation: { id: operationId, status: 'notStarted' } });
    expect(sent).toMatchObject([
      {
        queue: queueNames.work,
        options: { delay: 30 },
        content: {
          connectionId: 'contosohr',
          group,
          operationId,
          version: 1,
          deliveryId: 'id-1',
          reason: 'throttled',
          attempts: 1,
          uncertain: true,
          firstQueuedDateTime: new Date(start).toISOString(),
          ...trace,
        },
      },
    ]);
    expect(await operations.read(operationId, within)).toMatchObject({
      status: 'notStarted',
      attempts: 1,
      nextAttemptDateTime: new Date(start + 30_000).toISOString(),
      error: { type: 'urn:problem-type:graph-unavailable', graph },
    });
  });

  it('does not call Graph if the caller would rather not wait', async () => {
    const { createNow, calls, sent } = openCreations();
    await createNow(request({ respondAsync: true }));
    await createNow(request({ wait: 0 }));
    expect(calls).toEqual([]);
    expect(sent).toMatchObject([
      { content: { reason: 'requested', attempts: 0, deliveryId: 'id-1' }, options: { delay: 0 } },
      { content: { reason: 'requested', attempts: 0, deliveryId: 'id-2' } },
    ]);
  });

  it('claims nothing if the queue takes nothing', async () => {
    const { createNow, operations } = openCreations({ outcomes: [throttled], queueIsDown: true });
    await expect(createNow(request())).rejects.toMatchObject({
      code: 'deferral-unavailable',
      members: { graph },
    });
    expect(await operations.read(operationId, within)).toBeNull();
  });
});

describe('keeping a creation for later', () => {
  it('is accepted anyway if the operation cannot be recorded', async () => {
    const { createNow, sent } = openCreations({ table: tableDown });
    expect(await createNow(request({ respondAsync: true }))).toMatchObject({ kind: 'accepted' });
    expect(sent).toHaveLength(1);
  });

  it('leaves an operation alone that the worker has taken further meanwhile', async () => {
    const { createNow, work, sent, operations, runtime } = openCreations();
    const accepted = await createNow(request({ respondAsync: true }));
    if (accepted.kind !== 'accepted') throw new Error('it was not kept');
    await work(sent[0]?.content);
    await runtime.clock.pass(1);
    // As if the record of the acceptance had come last.
    const delivery = { id: 'id-1', queuedAt: new Date(start).toISOString() };
    await operations.record(accepted.operation, delivery, within, null);
    expect(await operations.read(operationId, within)).toMatchObject({ status: 'succeeded' });
  });

  it('begins again if the operation of an earlier delivery has ended, and keeps its creation time', async () => {
    const { createNow, work, sent, operations, runtime } = openCreations();
    await createNow(request({ respondAsync: true }));
    await work(sent[0]?.content);
    await runtime.clock.pass(60_000);
    const again = await createNow(request({ respondAsync: true }));
    expect(again).toMatchObject({
      operation: { status: 'notStarted', createdDateTime: new Date(start).toISOString() },
    });
    expect(await operations.read(operationId, within)).toMatchObject({ status: 'notStarted' });
  });

  it('gives two deliveries of one moment each its own end', async () => {
    const { createNow, work, sent, events } = openCreations();
    await createNow(request({ respondAsync: true }));
    await createNow(request({ respondAsync: true }));
    for (const { content } of [...sent]) await work(content);
    expect(events.filter((name) => name === 'ExternalGroupCreated')).toHaveLength(2);
  });
});
