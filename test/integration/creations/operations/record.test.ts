import { TableClient } from '@azure/data-tables';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Azurite } from '../../../../local/stack/azurite.ts';
import { keysOf } from '../../../../src/creations/operations/entity.ts';
import type { Operation } from '../../../../src/creations/operations/operation.ts';
import {
  createOperations,
  type Operations,
  operationsTable,
} from '../../../../src/creations/operations/operations.ts';
import { operationIdOf } from '../../../../src/groups/operation-id.ts';
import { takeAccount } from '../../../support/take-account.ts';

const within = 10_000;
const queuedAt = '2026-01-01T00:00:00.000Z';
const delivery = { id: 'first', queuedAt };
const later = { id: 'second', queuedAt: '2026-01-02T00:00:00.000Z' };

describe('recording an operation', () => {
  let azurite: Azurite;
  let ours: Operations;
  let theirs: Operations;
  beforeAll(async () => {
    azurite = await takeAccount();
    const open = () =>
      createOperations({ kind: 'connection-string', connectionString: azurite.connectionString }, () =>
        Promise.reject(new Error('there is no identity here')),
      );
    // Two processes, each with its own memory of its writes.
    ours = open();
    theirs = open();
  });

  let count = 0;
  function newOperation(): Operation {
    count += 1;
    return {
      id: operationIdOf('contosohr', { id: `g${count}` }),
      status: 'running',
      connectionId: 'contosohr',
      groupId: `g${count}`,
      reason: 'queued',
      createdDateTime: queuedAt,
      lastActionDateTime: queuedAt,
      attempts: 1,
    };
  }

  it('begins and ends what nobody else touches', async () => {
    const running = newOperation();
    expect((await ours.record(running, delivery, within)).operation.status).toBe('running');
    await ours.record({ ...running, status: 'succeeded' }, delivery, within);
    expect((await theirs.read(running.id, within))?.status).toBe('succeeded');
  });

  it('finds the end that another process has recorded since its own last write', async () => {
    const running = newOperation();
    await ours.record(running, delivery, within);
    await theirs.record({ ...running, status: 'succeeded' }, delivery, within);
    const held = await ours.record({ ...running, attempts: 2 }, delivery, within);
    expect(held.operation.status).toBe('succeeded');
    expect((await ours.read(running.id, within))?.status).toBe('succeeded');
  });

  it('finds the end if it expected nothing', async () => {
    const running = newOperation();
    await theirs.record({ ...running, status: 'failed' }, delivery, within);
    expect((await ours.record(running, delivery, within)).operation.status).toBe('failed');
    const kept = await ours.record({ ...running, status: 'notStarted' }, delivery, within);
    expect(kept.operation.status).toBe('failed');
  });

  it('keeps the first creation time when a newer delivery begins again', async () => {
    const running = newOperation();
    await theirs.record({ ...running, status: 'succeeded' }, delivery, within);
    const again: Operation = { ...running, status: 'notStarted', createdDateTime: later.queuedAt };
    expect((await ours.record(again, later, within)).operation).toMatchObject({
      status: 'notStarted',
      createdDateTime: queuedAt,
    });
  });

  it('begins again if the entity was removed meanwhile', async () => {
    const running = newOperation();
    await ours.record(running, delivery, within);
    const table = TableClient.fromConnectionString(azurite.connectionString, operationsTable, {
      allowInsecureConnection: true,
    });
    const { partitionKey, rowKey } = keysOf(running.id);
    await table.deleteEntity(partitionKey, rowKey);
    await ours.record({ ...running, status: 'succeeded' }, delivery, within);
    expect((await ours.read(running.id, within))?.status).toBe('succeeded');
  });
});
