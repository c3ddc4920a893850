import { createGraphReader, createGraphWriter } from '../../../src/graph/graph-writer.ts';
import type { CallOptions, GraphCalls } from '../../../src/graph/transport/call-graph.ts';
import { createCanonicalId } from '../../../src/groups/connection-id.ts';
import { nameKinds } from '../../../src/groups/member-name.ts';
import { createReadChangeMessage } from '../../../src/ledger/change-message.ts';
import { createChangeWorker } from '../../../src/ledger/change-worker.ts';
import { createDeclare } from '../../../src/ledger/declare.ts';
import { createDeclareByName, type Declare } from '../../../src/ledger/declare-by-name.ts';
import { createDelayedQueue } from '../../../src/ledger/delayed-queue.ts';
import { createGroupIsGoneSince, type GroupIsGoneSince } from '../../../src/ledger/groups-gone.ts';
import { createLedgerStore } from '../../../src/ledger/ledger-store.ts';
import { createLook } from '../../../src/ledger/look.ts';
import type { LedgerPorts } from '../../../src/ledger/ports.ts';
import { createResolveChange } from '../../../src/ledger/resolve-change.ts';
import { createWalks, type Walks } from '../../../src/ledger/sweep/walks.ts';
import type { HandlePoisonMessage } from '../../../src/queue/poison-messages.ts';
import type { QueueWorker } from '../../../src/queue/receive-message.ts';
import { within } from '../../../src/shared/within.ts';
import { storageRetries } from '../../../src/storage/bounds.ts';
import { encodeMessage, type QueueSender, queueNames } from '../../../src/storage/queues.ts';
import { ledgerTable } from '../../../src/storage/stores.ts';
import { silentTelemetry } from '../../../src/telemetry/telemetry.ts';
import type { GraphReply, GraphRequest } from '../world/graph-service.ts';
import type { Instance } from '../world/instance.ts';
import { withSdkRetries } from '../world/sdk-retries.ts';
import { createSimulatedTable } from '../world/simulated-table.ts';
import type { DeclarationBreak } from './breaks.ts';
import type { DeclarationSettings } from './draw-settings.ts';
import { createSimulatedLookUp } from './simulated-look-up.ts';

/** The use cases of one instance that a run calls. */
export interface SimulatedDeclarations extends Walks {
  readonly declare: Declare;
  readonly changeDeclaredGroup: QueueWorker;
  readonly handlePoisonMessage: HandlePoisonMessage;
  /** What queued creations ask the ledger. */
  readonly groupIsGoneSince: GroupIsGoneSince;
}

const rules = {
  idCharacters: 'alphanumeric',
  memberNames: nameKinds,
  canonicalId: createCanonicalId(null),
} as const;

/** Compiled once: the schema is the same in every run. */
const read = createReadChangeMessage(rules);

/** Draws nothing by chance. */
const telemetry: typeof silentTelemetry = {
  ...silentTelemetry,
  queueWork: (trace) => ({ trace, end: () => undefined }),
};

export interface DeclarationWiring {
  readonly settings: Pick<DeclarationSettings, 'callTimeout' | 'giveUpAfter'>;
  readonly broken: DeclarationBreak;
}

/** The use cases of declared groups of one instance, wired as `src/ledger/open-ledger.ts` and `src/app.ts` do. */
export function startDeclarations(
  instance: Instance,
  { settings, broken }: DeclarationWiring,
): SimulatedDeclarations {
  const { clock, random, newId } = instance;
  const calls = () => Promise.resolve(createSimulatedCalls(instance));
  const write = createGraphWriter(calls);
  const readGroup = createGraphReader(calls);
  const sender = createSimulatedSender(instance);
  const ports: LedgerPorts = {
    store: createLedgerStore(createSimulatedTable(instance, ledgerTable), clock, newId),
    looks: createDelayedQueue(sender, queueNames.changes),
    graph: { write, read: readGroup },
    clock,
    context: {
      telemetry,
      random,
      newId,
      callTimeout: settings.callTimeout,
      giveUpAfter: settings.giveUpAfter,
    },
  };
  const wired = broken.ports === undefined ? ports : broken.ports(ports);
  const declareById = (broken.declare ?? ((whole) => whole))(createDeclare(wired), clock);
  const declare = createDeclareByName({
    declare: declareById,
    resolveChange: (broken.resolve ?? ((whole) => whole))(
      createResolveChange(createSimulatedLookUp(instance, broken)),
    ),
    clock,
  });
  const changes = createChangeWorker(
    { declare, look: createLook(wired), read },
    {
      send: sender.send,
      telemetry,
      runtime: { clock, random, newId },
      giveUpAfter: settings.giveUpAfter,
    },
  );
  const { hourlyPass, verify } = createWalks(
    wired,
    createDelayedQueue(sender, queueNames.verifications),
    () => true,
  );
  return {
    declare,
    groupIsGoneSince: createGroupIsGoneSince(ports.store),
    changeDeclaredGroup: changes.work,
    handlePoisonMessage: changes.handlePoison,
    hourlyPass: broken.hasNoHourlyPass === true ? () => Promise.resolve() : hourlyPass,
    verify: broken.hasNoVerification === true ? { ...verify, step: () => Promise.resolve() } : verify,
  };
}

function createSimulatedSender({ clock, queue }: Instance): QueueSender {
  const { tryTimeout: timeout } = storageRetries;
  return {
    send: async (name, content, { delay, within: bound }) => {
      const text = encodeMessage(content);
      const send = (signal: AbortSignal) =>
        withSdkRetries({ clock, signal }, () =>
          queue.send(name, text, { delay: Math.ceil(delay) * 1000, signal, timeout }),
        );
      const { messageId, popReceipt, insertedAt } = await within(bound, send, clock);
      return { messageId, popReceipt, insertedOn: insertedAt };
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
