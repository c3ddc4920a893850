import { QueueServiceClient } from '@azure/storage-queue';
import { describe, expect, it } from 'vitest';
import { poisonQueueOf } from '../../../../packages/functions-host/src/queue/poison-queue.ts';

const service = QueueServiceClient.fromConnectionString('UseDevelopmentStorage=true');

describe('the poison queue', () => {
  it.each([
    ['work', 'work-poison'],
    ['poison', 'poison-poison'],
    ['a'.repeat(56), `${'a'.repeat(56)}-poison`],
    // One character more would make a name of 64, which storage does not take.
    ['a'.repeat(57), undefined],
    ['work-poison', undefined],
  ])('of %s is %s', (name, expected) => {
    expect(poisonQueueOf(service, name)?.name).toBe(expected);
  });
});
