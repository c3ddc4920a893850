import { describe, expect, it } from 'vitest';
import { operationIdOf } from '../../../src/groups/operation-id.ts';
import type { Outcome } from '../../../src/groups/outcome.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import { created, openCreations, ownEnvelope, start, within } from './open-creations.ts';

const group = { id: 'a', displayName: 'A' };
const minimal = { connectionId: 'contosohr', group };
const operationId = operationIdOf('contosohr', group);
const victim = { connectionId: 'contosohr', group: { id: 'victim' } };
const victimId = operationIdOf('contosohr', victim.group);
const throttled: Outcome = {
  kind: 'throttled',
  why: '429',
  graph: { status: 429, code: null, requestId: null },
  retryAfter: 30,
  uncertain: false,
};
const letter = { queue: queueNames.deadLetters };

describe('the identity of queued work', () => {
  it('is its content: a message that names another operation is a dead letter, and that operation is untouched', async () => {
    const { work, sent, calls, operations } = openCreations();
    await work(victim);
    await work({ ...minimal, operationId: victimId, firstQueuedDateTime: '2027-01-01T00:00:00Z' });
    expect(sent).toMatchObject([
      { ...letter, content: { operationId, error: { code: 'validation-failed' }, raw: expect.any(String) } },
    ]);
    expect(calls).toHaveLength(1);
    expect(await operations.read(victimId, within)).toMatchObject({ status: 'succeeded', groupId: 'victim' });
    expect(await operations.read(operationId, within)).toMatchObject({ status: 'failed' });
  });

  it('gives two messages of one second, and with one forged operation id, each an end of its own', async () => {
    const { work, sent } = openCreations({ outcomes: [created, throttled] });
    await work(minimal, { messageId: 'one' });
    await work({ ...victim, operationId: victimId }, { messageId: 'two' });
    expect(sent).toMatchObject([{ queue: queueNames.work, content: { ...victim, deliveryId: 'two' } }]);
  });

  it('cannot be blocked or overtaken by a message that breaks the schema, read before or after it', async () => {
    const broken = { ...minimal, colour: 'red' };
    for (const order of [
      [broken, minimal],
      [minimal, broken],
    ]) {
      const { work, sent, operations } = openCreations({ outcomes: [throttled, created] });
      for (const [index, message] of order.entries()) await work(message, { messageId: `m${index}` });
      const requeued = sent.find(({ queue }) => queue === queueNames.work);
      expect(requeued?.content).toMatchObject(minimal);
      expect(sent.filter(({ queue }) => queue === queueNames.deadLetters)).toHaveLength(1);
      expect(await operations.read(operationId, within)).toMatchObject({ status: 'running' });
      await work(requeued?.content);
      expect(await operations.read(operationId, within)).toMatchObject({ status: 'succeeded' });
    }
  });

  it('shows the failure of a message that breaks the schema if nothing else is known of its content', async () => {
    const { work, operations } = openCreations();
    await work({ ...minimal, colour: 'red' });
    expect(await operations.read(operationId, within)).toMatchObject({
      status: 'failed',
      error: { type: 'urn:problem-type:validation-failed' },
    });
  });

  it.each([
    ['insertionTime', { insertionTime: '9999-12-31T23:59:59Z' }],
    ['InsertionTime', { InsertionTime: '9999-12-31T23:59:59Z' }],
    ['id', { id: 'message-1' }],
  ])('cannot be taken from trigger metadata that the message overrides (%s)', async (_name, override) => {
    const { work, sent, operations } = openCreations({ outcomes: [created] });
    const metadata = { messageId: 'message-1', insertedOn: '9999-12-31T23:59:59Z' };
    await work({ ...minimal, ...override }, metadata);
    expect(sent).toMatchObject([letter]);
    await work(minimal);
    expect(await operations.read(operationId, within)).toMatchObject({ status: 'succeeded' });
  });

  it('does not let a message from the future freeze an operation, neither alive nor as a dead letter', async () => {
    const { work, sent, operations } = openCreations({ outcomes: [throttled, created] });
    const future = { ...minimal, ...ownEnvelope({ firstQueuedDateTime: '9999-12-31T23:59:59Z' }) };
    await work({ ...future, connectionId: 'forbidden' }, { messageId: 'zero' });
    expect(sent[0]).toMatchObject({
      ...letter,
      content: { firstQueuedDateTime: new Date(start + 999).toISOString() },
    });
    await work(future, { messageId: 'one' });
    await work(minimal, { messageId: 'two', insertedOn: new Date(start + 1_000) });
    expect(await operations.read(operationId, within)).toMatchObject({ status: 'succeeded' });
  });

  it('completes a producer’s message in its dead letter', async () => {
    const { work, sent } = openCreations();
    await work({ connectionId: 'forbidden', group });
    expect(sent).toMatchObject([
      {
        ...letter,
        content: {
          version: 1,
          deliveryId: 'message-1',
          reason: 'queued',
          attempts: 0,
          uncertain: false,
          firstQueuedDateTime: new Date(start).toISOString(),
          error: { code: 'connection-not-allowed' },
        },
      },
    ]);
  });
});
