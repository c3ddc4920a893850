import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readLetter } from '../../../cli/dead-letters/letter.ts';
import { createReaders } from '../../../cli/dead-letters/readers.ts';
import { fromEntity, type OperationEntity, toEntity } from '../../../src/creations/operations/entity.ts';
import { createOperationsOn } from '../../../src/creations/operations/operations.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import { createMemoryTable } from '../../support/memory-table.ts';
import { openCreations, start, within } from './open-creations.ts';

/** What release 0.1.0 has stored, as it wrote it; binary properties in base64. */
function readGolden<T>(name: 'entities' | 'messages' | 'letters'): [string, T][] {
  return Object.entries(JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), 'utf8')));
}

type Golden = Record<string, unknown> & { readonly error?: { readonly base64: string } };
const id = 'bf253b810aa0a9fee1869ed2b47bc878';

function toTable({ error, ...entity }: Golden): OperationEntity {
  const bytes = error === undefined ? {} : { error: Buffer.from(error.base64, 'base64') };
  return { ...entity, ...bytes, partitionKey: id.slice(0, 2), rowKey: id };
}

describe('an operation that an earlier release stored', () => {
  it.each(readGolden<Golden>('entities'))('%s, reads as before', async (_name, golden) => {
    const table = createMemoryTable();
    const entity = toTable(golden);
    await table.transact([{ kind: 'insert', entity }], AbortSignal.timeout(within));
    const operations = createOperationsOn(table, openCreations().runtime.clock);
    const { delivery, deliveryId, settled, error, partitionKey, rowKey, ...shown } = golden;
    expect(await operations.read(id, within)).toEqual({
      id,
      ...shown,
      ...(error === undefined ? {} : { error: JSON.parse(Buffer.from(error.base64, 'base64').toString()) }),
    });
    const written: Record<string, unknown> = toEntity(fromEntity({ ...entity, etag: '"1"' }));
    expect({ settled, ...written }).toEqual(entity);
  });
});

describe('a message that an earlier release queued', () => {
  it.each(readGolden<object>('messages'))('%s, is worked', async (_name, message) => {
    const { work, calls, sent, operations } = openCreations();
    await work(message, { messageId: 'other', insertedOn: new Date(start + 60_000) });
    expect(calls).toHaveLength(1);
    expect(sent).toEqual([]);
    expect(await operations.read(id, within)).toMatchObject({ status: 'succeeded', groupId: 'night' });
  });
});

describe('a dead letter that an earlier release wrote', () => {
  it.each(readGolden<Record<string, unknown>>('letters'))('%s, is readable', (_name, content) => {
    const text = Buffer.from(JSON.stringify(content)).toString('base64');
    const insertedOn = new Date(start);
    const letter = readLetter({ messageId: 'letter-1', insertedOn, text }, createReaders());
    const { error, raw, redrive } = content as { error: { code: string }; raw?: string; redrive?: object };
    expect(letter).toMatchObject({
      queue: queueNames.work,
      code: error.code,
      content,
      mark: redrive ?? null,
    });
    if (raw === undefined)
      expect(letter).toMatchObject({ operationId: content.operationId, groupId: expect.any(String) });
  });

  it.each(
    readGolden<Record<string, unknown>>('letters').filter(([, { raw, error }]) => {
      const { code } = error as { code: string };
      return raw === undefined && code !== 'superseded';
    }),
  )('%s, can be redriven', async (_name, content) => {
    const text = Buffer.from(JSON.stringify(content)).toString('base64');
    const letter = readLetter({ messageId: 'letter-1', insertedOn: new Date(start), text }, createReaders());
    expect(letter.revival).toMatchObject({ queue: queueNames.work });
  });
});
