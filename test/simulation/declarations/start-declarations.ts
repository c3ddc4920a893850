import type { Declarations } from '../../../src/declarations/declarations.ts';
import { createDeclare } from '../../../src/declarations/declare.ts';
import { createLedgerStore, type LedgerTable } from '../../../src/declarations/ledger-store.ts';
import { createLook } from '../../../src/declarations/look.ts';
import { createLookQueue } from '../../../src/declarations/look-queue.ts';
import type { DeclarationPorts } from '../../../src/declarations/ports.ts';
import { createGraphReader, createGraphWriter } from '../../../src/graph/graph-writer.ts';
import type { CallOptions, GraphCalls } from '../../../src/graph/transport/call-graph.ts';
import { ledgerTable } from '../../../src/ledger/keys.ts';
import { within } from '../../../src/shared/within.ts';
import { storageRetries } from '../../../src/storage/bounds.ts';
import { encodeMessage, type QueueSender } from '../../../src/storage/queues.ts';
import { silentTelemetry } from '../../../src/telemetry/telemetry.ts';
import type { GraphReply, GraphRequest } from '../world/graph-service.ts';
import type { Instance } from '../world/instance.ts';
import { withSdkRetries } from '../world/sdk-retries.ts';
import type { DeclarationRun } from './declaration-run.ts';

export type SimulatedDeclarations = Pick<Declarations, 'declare' | 'look'>;

/** The use cases of declared groups of one instance, wired as `src/declarations/open-declarations.ts` wires them. */
export function startDeclarations(
  instance: Instance,
  { settings, broken }: DeclarationRun,
): SimulatedDeclarations {
  const { clock, random, newId } = instance;
  const calls = () => Promise.resolve(createSimulatedCalls(instance));
  const write = createGraphWriter(calls);
  const read = createGraphReader(calls);
  const ports: DeclarationPorts = {
    store: createLedgerStore(createSimulatedLedgerTable(instance), clock, newId),
    looks: createLookQueue(createSimulatedSender(instance)),
    graph: { write, read },
    clock,
    conduct: {
      telemetry: silentTelemetry,
      random,
      newId,
      callTimeout: settings.callTimeout,
      giveUpAfter: settings.giveUpAfter,
    },
  };
  const wired = broken.ports === undefined ? ports : broken.ports(ports);
  return { declare: createDeclare(wired), look: createLook(wired) };
}

function createSimulatedLedgerTable({ clock, table }: Instance): LedgerTable {
  return {
    read: (partitionKey, rowKey, signal) =>
      withSdkRetries({ clock, signal }, () => table.read(ledgerTable, partitionKey, rowKey, { signal })),
    list: async ({ partitionKey, from, before }, signal) => {
      const { entities, readAt } = await withSdkRetries({ clock, signal }, () =>
        table.list(ledgerTable, partitionKey, { from, before, signal }),
      );
      return { entities, isLast: true, readAt };
    },
    transact: (actions, signal) =>
      withSdkRetries({ clock, signal }, () => table.transact(ledgerTable, actions, { signal })),
    remove: async (partitionKey, rowKey, etag, signal) => {
      const deletion = { kind: 'delete', partitionKey, rowKey, etag } as const;
      await withSdkRetries({ clock, signal }, () => table.transact(ledgerTable, [deletion], { signal }));
    },
  };
}

function createSimulatedSender({ clock, queue }: Instance): QueueSender {
  const { tryTimeout: timeout } = storageRetries;
  return {
    send: (name, content, { delay, within: bound }) => {
      const text = encodeMessage(content);
      const send = (signal: AbortSignal) =>
        withSdkRetries({ clock, signal }, () =>
          queue.send(name, text, { delay: Math.ceil(delay) * 1000, signal, timeout }),
        );
      return within(bound, send, clock);
    },
    revoke: (name, sent, bound) => {
      const revoke = (signal: AbortSignal) =>
        withSdkRetries({ clock, signal }, () => queue.remove(name, sent, { signal, timeout }));
      return within(bound, revoke, clock);
    },
  };
}

function createSimulatedCalls({ graph }: Instance): GraphCalls {
  const call = async (connectionId: string, request: GraphRequest, { signal }: CallOptions) =>
    toAnswer(await graph.request(connectionId, request, { signal }));
  return {
    createGroup: (connectionId, group, options) =>
      call(connectionId, { kind: 'create-group', group }, options),
    readGroup: (connectionId, groupId, options) =>
      call(connectionId, { kind: 'read-group', groupId }, options),
    updateGroup: (connectionId, group, options) =>
      call(connectionId, { kind: 'update-group', group }, options),
    deleteGroup: (connectionId, groupId, options) =>
      call(connectionId, { kind: 'delete-group', groupId }, options),
    addMember: (connectionId, groupId, member, options) =>
      call(connectionId, { kind: 'add-member', groupId, member }, options),
    removeMember: (connectionId, groupId, id, options) =>
      call(connectionId, { kind: 'remove-member', groupId, member: { type: 'externalGroup', id } }, options),
  };
}

function toAnswer({ status, body, code, retryAfter }: GraphReply) {
  return {
    status,
    body,
    graph: { status, code: code ?? null, requestId: null },
    codes: code === undefined ? [] : [code],
    retryAfter: retryAfter ?? null,
  };
}
