import { describe, expect, it } from 'vitest';
import { operationIdOf } from '../../../src/groups/operation-id.ts';
import type { Outcome } from '../../../src/groups/outcome.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import { created, openCreations, ownEnvelope, start, tableDown, within } from './open-creations.ts';

const group = { id: 'a', displayName: 'A' };
const minimal = { connectionId: 'contosohr', group };
const operationId = operationIdOf('contosohr', group);
const letter = { queue: queueNames.deadLetters };
const onPoison = { messageId: 'poison-1', insertedOn: new Date(start + 150_000) };
const throttled: Outcome = {
  kind: 'throttled',
  why: '429',
  graph: { status: 429, code: null, requestId: null },
  retryAfter: 30,
  uncertain: false,
};

describe('poison message handling', () => {
  it('makes a dead letter of what the host gave up on, and its operation fails', async () => {
    const { poison, sent, operations } = openCreations();
    await poison({ ...minimal, ...ownEnvelope({ attempts: 2 }) }, onPoison);
    expect(sent).toMatchObject([
      { ...letter, content: { ...minimal, attempts: 2, error: { code: 'crashed' } } },
    ]);
    expect(await operations.read(operationId, within)).toMatchObject({ status: 'failed', attempts: 2 });
  });

  it('writes a letter also if the delivery had ended before, and takes no success back', async () => {
    const { work, poison, sent, operations } = openCreations();
    await work(minimal);
    await poison(minimal, { messageId: 'message-1' });
    expect(sent).toMatchObject([letter]);
    expect(await operations.read(operationId, within)).toMatchObject({ status: 'succeeded' });
  });

  it('fails an operation that was running, with a letter each time it is handled', async () => {
    const { work, poison, sent, operations } = openCreations({ outcomes: [throttled] });
    await work(minimal);
    await poison(minimal, onPoison);
    await poison(minimal, onPoison);
    expect(sent.filter(({ queue }) => queue === queueNames.deadLetters)).toHaveLength(2);
    expect(await operations.read(operationId, within)).toMatchObject({ status: 'failed' });
  });

  it('takes no end back, and is itself overtaken by work that goes on', async () => {
    const { work, poison, sent, operations } = openCreations({ outcomes: [throttled, created] });
    await work(minimal);
    await poison(minimal, onPoison);
    await work(sent[0]?.content);
    expect(await operations.read(operationId, within)).toMatchObject({ status: 'succeeded' });
    await poison(minimal, { ...onPoison, messageId: 'poison-2' });
    expect(await operations.read(operationId, within)).toMatchObject({ status: 'succeeded' });
  });

  it('works without the table', async () => {
    const { poison, sent } = openCreations({ table: tableDown });
    await poison(minimal, onPoison);
    expect(sent).toMatchObject([letter]);
  });

  it('keeps the bytes of what cannot be read', async () => {
    const { poison, sent } = openCreations();
    await poison('{half ☂', onPoison);
    const raw = Buffer.from('{half ☂').toString('base64');
    expect(sent).toMatchObject([{ ...letter, content: { raw, error: { code: 'malformed-json' } } }]);
  });

  it('keeps a message of a later version', async () => {
    const { poison, sent } = openCreations();
    await poison({ version: 2, firstQueuedDateTime: new Date(start).toISOString() }, onPoison);
    expect(sent).toMatchObject([{ queue: queueNames.work }]);
  });
});
