import { createCreateNow } from './creations/create-now.ts';
import { createCreationKind, type GroupIsGoneSince } from './creations/creation-kind.ts';
import { createDefer } from './creations/defer.ts';
import { createOperationRecords } from './creations/operation-records.ts';
import { createOperations, type Operations } from './creations/operations/operations.ts';
import { createGraph } from './graph/graph.ts';
import { groupUrl } from './graph/group-url.ts';
import { createSpellConnection } from './groups/connection-id.ts';
import { createValidation } from './groups/validation.ts';
import { createCreateGroupEndpoint } from './http/create-group.ts';
import type { Endpoint, Invocation } from './http/endpoint.ts';
import { createGetDiagnosticsEndpoint } from './http/get-diagnostics.ts';
import { createGetHealthEndpoint } from './http/get-health.ts';
import { createGetOperationEndpoint } from './http/get-operation.ts';
import type { DeclaredRoute } from './http/groups/declared-endpoints.ts';
import { lazyEndpoint } from './http/lazy-endpoint.ts';
import { createLengthCheck } from './http/require-length.ts';
import type { RouteName } from './http/routes.ts';
import { createSignatures } from './http/verify-signature.ts';
import { createAzureCredential } from './identity/azure-credential.ts';
import type { Declarations } from './ledger/declarations.ts';
import { openDeclarations } from './ledger/open-declarations.ts';
import { openNames } from './names/open-names.ts';
import { createMaintainQueues, type MaintainQueues } from './queue/maintain-queues.ts';
import type { TriggerMetadata } from './queue/piece.ts';
import { createHandlePoisonMessage } from './queue/poison-messages.ts';
import { createQueueWorker, type QueueWorker } from './queue/queue-worker.ts';
import { createTellOfDiscards } from './queue/tell-of-discards.ts';
import { type Environment, readSettings, type Settings } from './settings/settings.ts';
import { lazily } from './shared/lazily.ts';
import { systemRuntime } from './shared/runtime.ts';
import { openSources } from './sources/open-sources.ts';
import type { CredentialFor } from './storage/credential.ts';
import { notingRuns } from './storage/noting-runs.ts';
import { createReadDepths, type ReadDepths } from './storage/queue-depth.ts';
import { createQueueReader, createSend, type QueueReader, queueNames, type Send } from './storage/queues.ts';
import { openTelemetry } from './telemetry/open-telemetry.ts';
import type { Telemetry } from './telemetry/telemetry.ts';

export type { Invocation, TriggerMetadata };

/** The use cases with their dependencies: what `functions/` binds to triggers. */
export interface App extends Declarations {
  /** `HTTP_STREAMING` is `true`. */
  readonly isStreaming: boolean;
  /** `VERIFY_GROUPS` is set. */
  readonly isVerifying: boolean;
  readonly http: { readonly [name in RouteName]: Endpoint };
  readonly createDeferred: QueueWorker;
  readonly changeDeclaredGroup: QueueWorker;
  readonly maintainQueues: MaintainQueues;
  readonly telemetry: Telemetry;
  /** To be called once all functions are registered. Never throws. */
  readonly start: () => void;
}

/** Milliseconds after the start at which the queues are made: the first request comes first. */
const makeQueuesAfter = 3_000;
/** Milliseconds that a queued change waits for Graph before the rest is left to a look. */
const patienceOfQueue = 60_000;

/** Builds everything once; throws a `SettingsError` that names every wrong setting. */
export function createApp(environment: Environment, hostVersion: string | null = null): App {
  const settings = readSettings(environment);
  const runtime = systemRuntime;
  const { clock } = runtime;
  const telemetry = openTelemetry(settings);

  const validate = createValidation(settings.idCharacters);
  const spell = createSpellConnection(settings.allowedConnections);
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
  const callers = {
    requireLength: createLengthCheck(settings),
    signatures: createSignatures(settings.webhookSecrets),
    spell,
  };

  const lookUpNames = openNames(settings, { graph, credentialFor, clock });
  const rules = { idCharacters: settings.idCharacters, memberNames: settings.memberNames };
  const declarations = openDeclarations(settings, {
    credentialFor,
    spell,
    lookUpNames,
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
      rules,
      graphDeadline,
      clock,
    });
  });
  const ofDeclared = (name: DeclaredRoute) => lazyEndpoint(async () => (await declared())[name]);

  const work = { send, telemetry, runtime, limits: { attemptWithin: graphDeadline, giveUpAfter } };
  const creations = createCreationKind({
    createExternalGroup,
    groupIsGoneSince: settings.storage === null ? nothingIsGone : declarations.groupIsGoneSince,
    records: createOperationRecords(operations, locate, clock),
    rules: {
      idCharacters: settings.idCharacters,
      isAllowed: (connectionId) => spell(connectionId) === connectionId,
    },
    signals: { telemetry, runtime },
  });
  const sources = openSources(settings, {
    rules,
    spell,
    load: async () => (await import('../sources/registry.ts')).sources,
    telemetry,
  });
  const changes = lazily(async () => {
    const { createChangeKind } = await import('./ledger/change-kind.ts');
    const { connectionOf, mapEvent } = sources;
    const kind = createChangeKind(declarations, { ...rules, spell, connectionOf }, mapEvent);
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
      'create-group': createCreateGroupEndpoint({
        callers,
        validate,
        createNow,
        locate,
        now: clock.now,
      }),
      'get-operation': createGetOperationEndpoint(operations, { graphDeadline, now: clock.now }),
      'post-change': ofDeclared('post-change'),
      'receive-event': lazyEndpoint(async () => {
        const { createReceiveEventEndpoint } = await import('./http/receive-event.ts');
        const findSource = await sources.findSource();
        return createReceiveEventEndpoint({ callers, findSource, send, now: clock.now });
      }),
      'put-group': ofDeclared('put-group'),
      'delete-group': ofDeclared('delete-group'),
      'get-group': ofDeclared('get-group'),
      'put-members': ofDeclared('put-members'),
      'patch-members': ofDeclared('patch-members'),
      'list-members': ofDeclared('list-members'),
      'list-groups': ofDeclared('list-groups'),
      'get-health': createGetHealthEndpoint(),
      'get-openapi': lazyEndpoint(async () => {
        const { createGetOpenApiEndpoint } = await import('./http/openapi.ts');
        return createGetOpenApiEndpoint(settings.idCharacters);
      }),
      'get-diagnostics': createGetDiagnosticsEndpoint(async () => (await diagnose())()),
    },
    createDeferred: createQueueWorker(creations, work),
    changeDeclaredGroup: async (payload, metadata) => (await changes()).work(payload, metadata),
    maintainQueues: timer('maintain-queues', async (invocation: Parameters<MaintainQueues>[0]) => {
      await maintainQueues(invocation);
      await tellOfDiscards(invocation);
    }),
    ...declarations,
    isStreaming: settings.httpStreaming,
    hourlyPass: timer('look-after-groups', declarations.hourlyPass),
    verify: { ...declarations.verify, begin: timer('verify-groups', declarations.verify.begin) },
    isVerifying: settings.verifyGroups !== null,
    telemetry,
    start: () => {
      if (storage === null) return;
      clock.after(makeQueuesAfter, async () => {
        const { tryToMakeQueues } = await import('./storage/make-queues.ts');
        await tryToMakeQueues(storage, credentialFor);
      });
    },
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
        isShown: missing,
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
