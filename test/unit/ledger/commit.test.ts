import { expect, it } from 'vitest';
import { commit } from '../../../src/ledger/commit.ts';
import { newHead } from '../../../src/ledger/core/head.ts';
import { record } from '../../../src/ledger/core/record.ts';
import { timing } from '../../../src/ledger/core/timing.ts';
import type { LedgerPorts } from '../../../src/ledger/ports.ts';
import { newTrace } from '../../../src/telemetry/trace-context.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const group = { connectionId: 'contosohr', groupId: 'nightshift' };

async function delaysOf(delay: number): Promise<readonly number[]> {
  const change = { kind: 'put-group', ...group, displayName: 'Night', description: null } as const;
  const head = newHead(group.connectionId, group.groupId, newTrace());
  const recording = record({ head, pages: new Map() }, change, 1);
  if (recording.kind !== 'changed') throw new Error('nothing was recorded');
  const delays: number[] = [];
  const ports: unknown = {
    clock: createManualClock(),
    looks: {
      send: async (_look, after) => {
        delays.push(after);
        return { messageId: String(delays.length), popReceipt: '', insertedOn: 0 };
      },
      remove: () => Promise.resolve(),
    } satisfies LedgerPorts['looks'],
    store: { write: () => Promise.resolve({ head, etag: '1' }) },
  };
  await commit(ports as LedgerPorts, null, recording.state, { delay, within: () => 1_000 });
  return delays;
}

it('sends a second look at what shall be worked at once: a host that is killed hides the first for ten minutes', async () => {
  expect(await delaysOf(0)).toEqual([timing.lookAfter, 0]);
  expect(await delaysOf(timing.lookAfter)).toEqual([timing.lookAfter]);
});

it('names no look that took so long to send that it may have been dropped', async () => {
  const change = { kind: 'put-group', ...group, displayName: 'Night', description: null } as const;
  const head = newHead(group.connectionId, group.groupId, newTrace());
  const recording = record({ head, pages: new Map() }, change, 1);
  if (recording.kind !== 'changed') throw new Error('nothing was recorded');
  const clock = createManualClock();
  let writes = 0;
  const ports: unknown = {
    clock,
    looks: {
      send: async () => {
        await clock.pass(timing.fresh + 1);
        return { messageId: '1', popReceipt: '', insertedOn: 0 };
      },
      remove: () => Promise.resolve(),
    } satisfies LedgerPorts['looks'],
    store: {
      write: () => {
        writes += 1;
        return Promise.resolve({ head, etag: '1' });
      },
    },
  };
  const options = { delay: timing.lookAfter, within: () => 60_000 };
  expect(await commit(ports as LedgerPorts, null, recording.state, options)).toBeNull();
  expect(writes).toBe(0);
});
