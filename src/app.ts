import { createCreateNow } from './creations/create-now.ts';
import { createCreationKind, type GroupIsGoneSince } from './creations/creation-kind.ts';
import { createDefer } from './creations/defer.ts';
import { createOperationRecords } from './creations/operation-records.ts';
import { createOperations, type Operations } from './creations/operations/operations.ts';
import { createGraph } from './graph/graph.ts';
import { groupUrl } from './graph/group-url.ts';
import { createValidation } from './groups/validation.ts';
import { createCreateGroupEndpoint } from './http/create-group.ts';
import type { Endpoint, Invocation } from './http/endpoint.ts';
import { createGetDiagnosticsEndpoint } from './http/get-diagnostics.ts';
import { createGetHealthEndpoint } from './http/get-health.ts';
import { createGetOperationEndpoint } from './http/get-operation.ts';
import type { DeclaredEndpoints } from './http/groups/declared-endpoints.ts';
import { lazyEndpoint } from './http/lazy-endpoint.ts';
import { createSignatures } from './http/verify-signature.ts';
import { createAzureCredential } from './identity/azure-credential.ts';
import type { Declarations } from './ledger/declarations.ts';
import { openDeclarations } from './ledger/open-declarations.ts';
import { createMaintainQueues, type MaintainQueues } from './queue/maintain-queues.ts';
import type { TriggerMetadata } from './queue/piece.ts';
import { createHandlePoisonMessage } from './queue/poison-messages.ts';
import { createQueueWorker, type QueueWorker } from './queue/queue-worker.ts';
import { createTellOfDiscards } from './queue/tell-of-discards.ts';
import { type Environment, readSettings, type Settings } from './settings/settings.ts';
import { lazily } from './shared/lazily.ts';
import { systemRuntime } from './shared/runtime.ts';
import type { CredentialFor } from './storage/credential.ts';
import { notingRuns } from './storage/noting-runs.ts';
import { createReadDepths, type ReadDepths } from './storage/queue-depth.ts';
import { createQueueReader, createSend, type QueueReader, queueNames, type Send } from './storage/queues.ts';
import { openTelemetry } from './telemetry/open-telemetry.ts';
import type { Telemetry } from './telemetry/telemetry.ts';

export type { Invocation, TriggerMetadata };

/** The use cases with their dependencies: what `functions/` binds to triggers. */
export interface App extends Declarations {
  /** `VERIFY_GROUPS` is set. */
  readonly isVerifying: boolean;
  readonly http: DeclaredEndpoints & {
    readonly createGroup: Endpoint;
    readonly getOperation: Endpoint;
    readonly getHealth: Endpoint;
    readonly getOpenApi: Endpoint;
    readonly getDiagnostics: Endpoint;
  };
  readonly createDeferred: QueueWorker;
  readonly changeDeclaredGroup: QueueWorker;
  readonly maintainQueues: MaintainQueues;
  readonly telemetry: Telemetry;
}

/** Milliseconds that a queued change waits for Graph before the rest is left to a look. */
const patienceOfQueue = 60_000;

/** Builds everything once; throws a `SettingsError` that names every wrong setting. */
export function createApp(environment: Environment, hostVersion: string | null = null): App {
  const settings = readSettings(environment);
  const runtime = systemRuntime;
  const { clock } = runtime;
  const telemetry = openTelemetry(settings);

  const validate = createValidation(settings.idCharacters);
  const isAllowed = (connectionId: string) => settings.allowedConnections?.has(connectionId) ?? true;
  const locate = (connectionId: string, groupId: string) =>
    groupUrl(settings.graphUrl, connectionId, groupId);
  const graph = createGraph(settings, telemetry);
  const { createExternalGroup, probe } = graph;

  const credentialFor = storageCredential(settings);
  const { send, reader, readDepths, operations } = openStorage(settings, credentialFor);
  const { graphDeadline, giveUpAfter } = settings;
  const defer = createDefer(send, operations, runtime);
  const limits = { graphDeadline, giveUpAfter };
  const createNow = createCreateNow({ createExternalGroup, defer, telemetry, limits, runtime });
  // Loaded on first use, so that it does not slow down a cold start.
  const diagnose = lazily(async () => {
    const [{ openDiagnostics }, work, graph] = await Promise.all([
      import('./diagnostics/open-diagnostics.ts'),
      workInStorage(),
      probe(),
    ]);
    return openDiagnostics({ settings, environment, hostVersion, graph, work, credentialFor, clock });
  });
  const callers = { signatures: createSignatures(settings.webhookSecrets), isAllowed };

  const declarations = openDeclarations(settings, {
    credentialFor,
    isAllowed,
    graph,
    telemetry,
    clock,
    random: runtime.random,
  });
  const declared = lazily(async () => {
    const { createDeclaredEndpoints } = await import('./http/groups/declared-endpoints.ts');
    return createDeclaredEndpoints({
      callers,
      declarations,
      idCharacters: settings.idCharacters,
      graphDeadline,
      clock,
    });
  });
  const ofDeclared = (name: keyof DeclaredEndpoints) => lazyEndpoint(async () => (await declared())[name]);

  const work = { send, telemetry, runtime, limits: { attemptWithin: graphDeadline, giveUpAfter } };
  const creations = createCreationKind({
    createExternalGroup,
    groupIsGoneSince: settings.storage === null ? nothingIsGone : declarations.groupIsGoneSince,
    records: createOperationRecords(operations, locate, clock),
    rules: { idCharacters: settings.idCharacters, isAllowed },
    signals: { telemetry, runtime },
  });
  const changes = lazily(async () => {
    const { createChangeKind } = await import('./ledger/change-kind.ts');
    const kind = createChangeKind(declarations, { idCharacters: settings.idCharacters, isAllowed });
    const limits = { attemptWithin: patienceOfQueue, giveUpAfter };
    return {
      work: createQueueWorker(kind, { ...work, limits }),
      handlePoison: createHandlePoisonMessage(kind, work),
    };
  });
  const poisonQueues = [
    { queue: queueNames.poison, handle: createHandlePoisonMessage(creations, work) },
    {
      queue: queueNames.changesPoison,
      handle: async (text: Buffer, metadata: TriggerMetadata) =>
        (await changes()).handlePoison(text, metadata),
    },
    { queue: queueNames.verificationsPoison, handle: declarations.verify.resume },
  ] as const;

  const maintainQueues = createMaintainQueues({ reader, poisonQueues, readDepths, telemetry, clock });
  const { storage } = settings;
  const discards = lazily(async () => {
    if (storage === null) throw new Error('AzureWebJobsStorage is not set');
    const { createDiscards } = await import('./storage/discards.ts');
    return createDiscards(storage, credentialFor);
  });
  const tellOfDiscards = createTellOfDiscards(discards, telemetry);
  const runs = lazily(async () => {
    if (storage === null) throw new Error('AzureWebJobsStorage is not set');
    const { createTimerRuns } = await import('./storage/timer-runs.ts');
    return createTimerRuns(storage, credentialFor);
  });
  const timer = <A extends readonly unknown[]>(name: string, run: (...given: A) => Promise<void>) =>
    notingRuns(name, run, { runs, now: clock.now });

  return {
    http: {
      postChange: ofDeclared('postChange'),
      putGroup: ofDeclared('putGroup'),
      deleteGroup: ofDeclared('deleteGroup'),
      getGroup: ofDeclared('getGroup'),
      putMembers: ofDeclared('putMembers'),
      patchMembers: ofDeclared('patchMembers'),
      listMembers: ofDeclared('listMembers'),
      listGroups: ofDeclared('listGroups'),
      createGroup: createCreateGroupEndpoint({
        callers,
        validate,
        createNow,
        locate,
        now: clock.now,
      }),
      getOperation: createGetOperationEndpoint(operations, clock.now),
      getHealth: createGetHealthEndpoint(),
      getOpenApi: lazyEndpoint(async () => {
        const { createGetOpenApiEndpoint } = await import('./http/openapi.ts');
        return createGetOpenApiEndpoint(settings.idCharacters);
      }),
      getDiagnostics: createGetDiagnosticsEndpoint(async () => (await diagnose())()),
    },
    createDeferred: createQueueWorker(creations, work),
    changeDeclaredGroup: async (payload, metadata) => (await changes()).work(payload, metadata),
    maintainQueues: timer('maintain-queues', async (invocation: Parameters<MaintainQueues>[0]) => {
      await maintainQueues(invocation);
      await tellOfDiscards(invocation);
    }),
    ...declarations,
    hourlyPass: timer('look-after-groups', declarations.hourlyPass),
    verify: { ...declarations.verify, begin: timer('verify-groups', declarations.verify.begin) },
    isVerifying: settings.verifyGroups !== null,
    telemetry,
  };
}

/** Without a ledger no group was ever deleted here. */
const nothingIsGone: GroupIsGoneSince = () => Promise.resolve(false);

interface Storage {
  readonly send: Send;
  readonly reader: QueueReader;
  readonly readDepths: ReadDepths;
  readonly operations: Operations;
}

function openStorage({ storage }: Settings, credentialFor: CredentialFor): Storage {
  if (storage === null) {
    const missing = () => Promise.reject(new Error('AzureWebJobsStorage is not set'));
    return {
      send: missing,
      reader: { receive: missing, remove: missing },
      readDepths: missing,
      operations: {
        read: missing,
        isSettled: missing,
        isKnown: missing,
        record: missing,
        recordIfNone: missing,
      },
    };
  }
  return {
    send: createSend(storage, credentialFor),
    reader: createQueueReader(storage, credentialFor),
    readDepths: createReadDepths(storage, credentialFor),
    operations: createOperations(storage, credentialFor),
  };
}

/** One credential for all of storage, so that its parts share their tokens. */
function storageCredential({ graphCredential, storage }: Settings): CredentialFor {
  const clientId = storage?.kind === 'identity' ? storage.clientId : null;
  const credential = createAzureCredential({ kind: graphCredential, clientId });
  return async () => credential;
}

/** How diagnostics read what the rooms of the work keep in storage. */
async function workInStorage() {
  const [{ fromEntity }, { summariseHead }, { ledgerTable }, { operationsTable }] = await Promise.all([
    import('./creations/operations/entity.ts'),
    import('./ledger/summarise-head.ts'),
    import('./ledger/core/keys.ts'),
    import('./storage/stores.ts'),
  ]);
  return {
    tables: { ledger: ledgerTable, operations: operationsTable },
    readHead: summariseHead,
    readOperation: (entity: Readonly<Record<string, unknown>>) => fromEntity(entity).operation,
  };
}
