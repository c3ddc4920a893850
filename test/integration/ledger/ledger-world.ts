import { randomUUID } from 'node:crypto';
import type { Azurite } from '../../../local/stack/azurite.ts';
import { createCanonicalId } from '../../../src/groups/connection-id.ts';
import type { GraphAnswer } from '../../../src/groups/graph-answer.ts';
import type { GraphWrite } from '../../../src/groups/graph-write.ts';
import { type Member, memberKey } from '../../../src/groups/member.ts';
import type { Change } from '../../../src/ledger/core/change.ts';
import type { DelayedQueue } from '../../../src/ledger/delayed-queue.ts';
import { createDelayedQueue } from '../../../src/ledger/delayed-queue.ts';
import { createLedger, type Ledger } from '../../../src/ledger/ledger.ts';
import { createLedgerStore, type LedgerStore } from '../../../src/ledger/ledger-store.ts';
import type { LedgerPorts, LookMessage } from '../../../src/ledger/ports.ts';
import type { SweepMessage } from '../../../src/ledger/sweep/sweep-message.ts';
import type { StorageSetting } from '../../../src/settings/storage-setting.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { createQueueSender, queueNames } from '../../../src/storage/queues.ts';
import { ledgerTable } from '../../../src/storage/stores.ts';
import { createTable, type Table } from '../../../src/storage/table.ts';
import { newTrace } from '../../../src/telemetry/trace-context.ts';
import { openStorage } from '../../support/storage.ts';
import { takeAccount } from '../../support/take-account.ts';

/** Content of `Change` without the fields common to every test. */
type Content<C = Change> = C extends Change ? Omit<C, 'connectionId' | 'groupId'> : never;

export interface GraphGroup {
  readonly properties: { displayName: string | null; description: string | null };
  readonly members: Set<string>;
}

/** Real storage, and a Graph in memory that fails on request. */
export interface LedgerWorld {
  readonly ledger: Ledger;
  /** Another process with the same storage and Graph; `storage`: with another connection. */
  readonly open: (options?: { readonly connectionString?: string; readonly patches?: Patches }) => Ledger;
  readonly store: LedgerStore;
  /** Milliseconds by which storage's time is ahead from now on: a lease or a horizon expires at once. */
  ahead: number;
  /** Whether the app serves the connection. */
  isAllowed: boolean;
  readonly groups: Map<string, GraphGroup>;
  readonly writes: GraphWrite[];
  /** The connections that were written to, as they were spelled. */
  readonly asked: Set<string>;
  /** Decides about a write before it is carried out; undefined: carried out and answered. */
  intercept: (write: GraphWrite) => Promise<GraphAnswer | undefined> | GraphAnswer | undefined;
  /** Sees each read of a group, and decides about it; undefined: answered as the group is. */
  onRead: (groupId: string) => Promise<GraphAnswer | undefined> | GraphAnswer | undefined;
  readonly events: { readonly name: string; readonly fields: object }[];
  readonly metrics: { readonly name: string; readonly value: number }[];
  readonly declare: (groupId: string, content: Content, patience?: number) => ReturnType<Ledger['declare']>;
  readonly look: (message: LookMessage) => Promise<void>;
  /** The visible looks, received from the queue. */
  readonly takeLooks: () => Promise<LookMessage[]>;
  /** How many messages are on the queue, visible or not. */
  readonly queued: () => Promise<number>;
  /** Runs a verification until it ends, through all its waits. */
  readonly verify: () => Promise<void>;
  /** Makes the steps that are on the queue of walks, and those that follow from them. */
  readonly walk: () => Promise<void>;
  readonly azurite: Azurite;
  readonly close: () => Promise<void>;
}

export interface Patches {
  /** The connections that the app serves, in these spellings. */
  readonly connections?: readonly string[];
  readonly ports?: (ports: LedgerPorts) => LedgerPorts;
  readonly table?: (table: Table) => Table;
}

export const user = (n: number): Member => ({
  type: 'user',
  id: `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`,
});
export const connectionId = 'contosohr';
export const absent = {
  kind: 'absent',
  graph: { status: 404, code: 'ItemNotFound', requestId: null },
} as const;
const log = () => undefined;

export async function startLedgerWorld(): Promise<LedgerWorld> {
  const azurite = await takeAccount();
  const groups = new Map<string, GraphGroup>();
  const writes: GraphWrite[] = [];
  const events: { name: string; fields: object }[] = [];
  const metrics: { name: string; value: number }[] = [];
  const steps: { readonly message: SweepMessage; readonly delay: number; readonly messageId: string }[] = [];
  const ok: GraphAnswer = { kind: 'ok' };

  function carryOut(write: GraphWrite): GraphAnswer {
    const id = 'group' in write ? write.group.id : write.groupId;
    const held = groups.get(id);
    if (write.kind === 'create-group') {
      if (held !== undefined)
        return { kind: 'exists', graph: { status: 409, code: 'NameAlreadyExists', requestId: null } };
      const { displayName = null, description = null } = write.group;
      groups.set(id, { properties: { displayName, description }, members: new Set() });
      return ok;
    }
    if (held === undefined) return absent;
    switch (write.kind) {
      case 'update-group':
        held.properties.displayName = write.group.displayName ?? null;
        held.properties.description = write.group.description ?? null;
        return ok;
      case 'delete-group':
        groups.delete(id);
        return ok;
      case 'add-member':
        held.members.add(memberKey(write.member));
        return ok;
      case 'remove-member':
        return held.members.delete(memberKey(write.member)) ? ok : absent;
    }
  }

  const graph: LedgerPorts['graph'] = {
    write: async (connection, write) => {
      writes.push(write);
      world.asked.add(connection);
      return (await world.intercept(write)) ?? carryOut(write);
    },
    read: async (_connection, groupId) => {
      const other = await world.onRead(groupId);
      if (other !== undefined) return other;
      const held = groups.get(groupId);
      return held === undefined ? absent : { kind: 'ok', group: { id: groupId, ...held.properties } };
    },
  };
  const tableOver = (storage: StorageSetting, patches: Patches): Table => {
    const table = createTable(ledgerTable, storage, noIdentity);
    const shifted: Table = {
      ...table,
      read: async (...given) => {
        const read = await table.read(...given);
        return { ...read, readAt: read.readAt + world.ahead };
      },
      list: async (...given) => {
        const list = await table.list(...given);
        return { ...list, readAt: list.readAt + world.ahead };
      },
    };
    return patches.table === undefined ? shifted : patches.table(shifted);
  };
  const spellIn = ({ connections }: Patches) => createCanonicalId(connections ?? null);
  const noIdentity = () => Promise.reject(new Error('there is no identity here'));
  const portsOver = (connectionString: string, patches: Patches = {}): LedgerPorts => {
    const storage: StorageSetting = { kind: 'connection-string', connectionString };
    return {
      store: createLedgerStore(tableOver(storage, patches), systemClock, randomUUID, spellIn(patches)),
      looks: createDelayedQueue(createQueueSender(storage, noIdentity), queueNames.changes),
      graph,
      clock: systemClock,
      context: {
        telemetry: {
          event: (name, fields) => void events.push({ name, fields }),
          metric: (name, value) => void metrics.push({ name, value }),
        },
        random: () => 0,
        newId: randomUUID,
        callTimeout: 10_000,
        giveUpAfter: 172_800_000,
      },
    };
  };
  const stepQueue: DelayedQueue<SweepMessage> = {
    send: async (message, delay) => {
      const messageId = randomUUID();
      steps.push({ message, delay, messageId });
      return { messageId, popReceipt: '', insertedOn: 0 };
    },
    remove: async ({ messageId }) => {
      const at = steps.findIndex((step) => step.messageId === messageId);
      if (at >= 0) steps.splice(at, 1);
    },
  };
  const walking = { steps: stepQueue, isAllowed: () => world.isAllowed };
  const ports = portsOver(azurite.connectionString);
  const storage = openStorage(azurite.connectionString);
  const ledger = createLedger(ports, walking);
  const world: LedgerWorld = {
    ledger,
    open: ({ connectionString = azurite.connectionString, patches = {} } = {}) => {
      const own = portsOver(connectionString, patches);
      const wired = patches.ports === undefined ? own : patches.ports(own);
      return createLedger(wired, walking);
    },
    store: ports.store,
    ahead: 0,
    isAllowed: true,
    groups,
    writes,
    asked: new Set(),
    intercept: () => undefined,
    onRead: () => undefined,
    events,
    metrics,
    declare: (groupId, content, patience = 10_000) =>
      ledger.declare(
        { connectionId, groupId, ...content },
        { source: 'http', patience, trace: newTrace(), log },
      ),
    look: (message) => ledger.look(message, { log }),
    takeLooks: async () => (await storage.receive('changes')) as unknown as LookMessage[],
    queued: () => storage.count('changes'),
    verify: async () => {
      await ledger.verify.begin();
      await world.walk();
    },
    walk: async () => {
      for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
        world.ahead += step.delay;
        await ledger.verify.step(step.message, { log });
      }
    },
    azurite,
    close: () => azurite.close(),
  };
  return world;
}
