import type { Change } from '../../../src/ledger/core/change.ts';
import { type Head, newHead } from '../../../src/ledger/core/head.ts';
import { record } from '../../../src/ledger/core/record.ts';
import type { LedgerState } from '../../../src/ledger/core/state.ts';
import { createLedgerStore } from '../../../src/ledger/ledger-store.ts';
import type { GraphPort, LedgerPorts, LookMessage } from '../../../src/ledger/ports.ts';
import type { Table } from '../../../src/storage/table.ts';
import { silentTelemetry } from '../../../src/telemetry/telemetry.ts';
import { newTrace } from '../../../src/telemetry/trace-context.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createMemoryTable } from './memory-table.ts';

export const group = { connectionId: 'contosohr', groupId: 'night' };
export const trace = newTrace();
const member = (n: number) => ({ type: 'user', id: `00000000-0000-4000-8000-00000000000${n}` }) as const;
export const adding = (...numbers: readonly number[]): Change => ({
  ...group,
  kind: 'patch-members',
  add: numbers.map(member),
  remove: [],
});
const uncalled: GraphPort = {
  write: () => Promise.reject(new Error('Graph is not called')),
  read: () => Promise.reject(new Error('Graph is not called')),
};

/** A ledger of one group in memory; `tableOf`: the table as the instance under test sees it. */
export function startLedger(tableOf: (table: Table) => Table = (table) => table, graph = uncalled) {
  const clock = createManualClock();
  const table = createMemoryTable(clock.now);
  let nonces = 0;
  const open = (over: Table) => createLedgerStore(over, clock, () => `nonce-${++nonces}`);
  const direct = open(table);
  const looks: { readonly message: LookMessage; readonly delay: number }[] = [];
  const ports: LedgerPorts = {
    store: open(tableOf(table)),
    looks: {
      send: async (message, delay) => {
        looks.push({ message, delay });
        return { messageId: 'm', popReceipt: 'p', insertedOn: clock.now() };
      },
      remove: () => Promise.resolve(),
    },
    graph,
    clock,
    context: {
      telemetry: silentTelemetry,
      random: () => 0,
      newId: () => 'this-worker',
      callTimeout: 1_000,
      giveUpAfter: 1e9,
    },
  };
  /** Writes a change as another instance does. */
  async function writeDirectly(change: Change, edit: (head: Head) => Head = (head) => head) {
    const { stored } = await direct.readHead(group.connectionId, group.groupId, 1_000);
    const head = stored?.head ?? newHead(group.connectionId, group.groupId, trace);
    const pages: LedgerState['pages'] | null = await direct.readPages(head, [0], 1_000);
    const recording = record({ head, pages: pages ?? new Map() }, change, clock.now());
    if (recording.kind !== 'changed') throw new Error('nothing was recorded');
    const { state } = recording;
    return direct.write(stored, { ...state, head: edit(state.head) }, 1_000);
  }
  return { clock, ports, looks, direct, writeDirectly };
}
