import { expect, it } from 'vitest';
import { newHead } from '../../../src/ledger/core/head.ts';
import type { StoredHead } from '../../../src/ledger/ledger-store.ts';
import type { DeclarationPorts } from '../../../src/ledger/ports.ts';
import { createVerify, type VerifyMessage } from '../../../src/ledger/verify.ts';
import { newTrace } from '../../../src/telemetry/trace-context.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const connectionId = 'contosohr';
const ids = Array.from({ length: 100 }, (_, n) => `g${String(n).padStart(2, '0')}`);

function declared(groupId: string): StoredHead {
  const head = newHead(connectionId, groupId, newTrace());
  const want = { kind: 'present', displayName: null, description: null } as const;
  return { head: { ...head, want, seen: true, changedAt: 1 }, etag: groupId };
}

it('a step ends in time where Graph is silent, and the next one goes on with the first group that was left', async () => {
  const clock = createManualClock();
  const read: string[] = [];
  const sent: VerifyMessage[] = [];
  const neverUsed = () => Promise.reject(new Error('not needed'));
  const ports: DeclarationPorts = {
    store: {
      readHead: neverUsed,
      readPages: neverUsed,
      write: neverUsed,
      forget: neverUsed,
      noteConnection: neverUsed,
      isNoted: neverUsed,
      listConnections: neverUsed,
      listHeads: (_partition, { after }) =>
        Promise.resolve({
          heads: ids.filter((id) => after === null || `g.${id}` > after).map(declared),
          unreadable: [],
          last: null,
          now: clock.now,
        }),
    },
    looks: { send: neverUsed, remove: neverUsed },
    graph: {
      write: neverUsed,
      read: (_connection, groupId) => {
        read.push(groupId);
        return new Promise(() => undefined);
      },
    },
    clock,
    conduct: {
      telemetry: { event: () => undefined, metric: () => undefined },
      random: () => 0,
      newId: () => 'id',
      callTimeout: 20_000,
      giveUpAfter: 1,
    },
  };
  const verify = createVerify(
    ports,
    async (message) => void sent.push(message),
    () => true,
  );
  const step = async (message: VerifyMessage) => {
    let isOver = false;
    const ended = verify.step(message, { log: () => undefined }).then(() => {
      isOver = true;
    });
    const startedAt = clock.monotonic();
    while (!isOver) await clock.pass(1_000);
    await ended;
    return clock.monotonic() - startedAt;
  };

  for (let next: VerifyMessage | undefined = { connectionId, partition: 0 }; next?.partition === 0; ) {
    expect(await step(next)).toBeLessThan(300_000);
    next = sent.at(-1);
  }
  expect(read).toEqual(ids);
  expect(sent.at(-1)).toEqual({ connectionId, partition: 1 });
});
