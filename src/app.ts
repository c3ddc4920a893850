import { createBury } from './creations/bury.ts';
import { type CreateDeferred, createCreateDeferred } from './creations/create-deferred.ts';
import { createCreateNow } from './creations/create-now.ts';
import { createDefer } from './creations/defer.ts';
import { createMessageReader } from './creations/message.ts';
import { createOperations, type Operations } from './creations/operations/operations.ts';
import { createRescue, type Rescue } from './creations/rescue.ts';
import type { Arrival } from './creations/work.ts';
import type { Declarations } from './declarations/declarations.ts';
import { openDeclarations } from './declarations/open-declarations.ts';
import { createGraph } from './graph/graph.ts';
import { groupUrl } from './graph/group-url.ts';
import { createValidation } from './groups/validation.ts';
import { createCreateGroupEndpoint } from './http/create-group.ts';
import type { Endpoint, Invocation } from './http/endpoint.ts';
import { createGetDiagnosticsEndpoint } from './http/get-diagnostics.ts';
import { createGetHealthEndpoint } from './http/get-health.ts';
import { createGetOperationEndpoint } from './http/get-operation.ts';
import { createGetOpenApiEndpoint } from './http/openapi.ts';
import { createSignatureVerification } from './http/verify-signature.ts';
import { createAzureCredential } from './identity/azure-credential.ts';
import { type Environment, readSettings, type Settings } from './settings/settings.ts';
import { systemClock } from './shared/clock.ts';
import { lazily } from './shared/lazily.ts';
import type { CredentialFor } from './storage/credential.ts';
import { createDepthWatch, createReadDepths } from './storage/queue-depth.ts';
import { createSend, type Send } from './storage/queues.ts';
import { openTelemetry } from './telemetry/open-telemetry.ts';
import type { Telemetry } from './telemetry/telemetry.ts';

export type { Arrival, Invocation };

/** The use cases, wired: what `functions/` binds to triggers. */
export interface App extends Declarations {
  readonly http: {
    readonly createGroup: Endpoint;
    readonly getOperation: Endpoint;
    readonly getHealth: Endpoint;
    readonly getOpenApi: Endpoint;
    readonly getDiagnostics: Endpoint;
  };
  readonly createDeferred: CreateDeferred;
  readonly rescue: Rescue;
  readonly telemetry: Telemetry;
}

/** Builds the rooms once; throws a `SettingsError` that names every wrong setting. */
export function createApp(environment: Environment, hostVersion: string | null = null): App {
  const settings = readSettings(environment);
  const clock = systemClock;
  const { now } = clock;
  const random = Math.random;
  const telemetry = openTelemetry(settings);

  const validate = createValidation(settings.idCharacters);
  const readMessage = createMessageReader(settings.idCharacters);
  const isAllowed = (connectionId: string) => settings.allowedConnections?.has(connectionId) ?? true;
  const locate = (connectionId: string, groupId: string) =>
    groupUrl(settings.graphUrl, connectionId, groupId);
  const graph = createGraph(settings, telemetry);
  const { createExternalGroup, probe } = graph;

  const credentialFor = storageCredential(settings);
  const { send, operations } = createDeferralRooms(settings, credentialFor);
  const bury = createBury(send, operations, telemetry, now);
  const { graphDeadline, giveUpAfter } = settings;
  const shared = { createExternalGroup, telemetry, graphDeadline, giveUpAfter, clock, random };
  const watched = createDepthGauge(settings, credentialFor, telemetry);
  const createNow = createCreateNow({ ...shared, defer: watched(createDefer(send, operations, clock)) });
  // Loaded with the first question: no part of it is on anybody's way.
  const diagnose = lazily(async () => {
    const { openDiagnostics } = await import('./diagnostics/open-diagnostics.ts');
    const graph = await probe();
    return openDiagnostics({ settings, environment, hostVersion, graph, credentialFor, clock });
  });
  const verifySignature = createSignatureVerification(settings.webhookSecrets);

  return {
    http: {
      createGroup: createCreateGroupEndpoint({
        verifySignature,
        validate,
        isAllowed,
        createNow,
        locate,
        now,
      }),
      getOperation: createGetOperationEndpoint(operations, now),
      getHealth: createGetHealthEndpoint(),
      getOpenApi: createGetOpenApiEndpoint(settings.idCharacters),
      getDiagnostics: createGetDiagnosticsEndpoint(async () => (await diagnose())()),
    },
    createDeferred: watched(
      createCreateDeferred({ ...shared, readMessage, isAllowed, send, operations, bury, locate }),
    ),
    rescue: watched(createRescue({ readMessage, operations, bury, now })),
    ...openDeclarations(settings, { credentialFor, graph, telemetry, clock, random }),
    telemetry,
  };
}

/** Lets a use case that passes through the queues say so to the gauge of their depth. */
function createDepthGauge(settings: Settings, credentialFor: CredentialFor, telemetry: Telemetry) {
  const { storage } = settings;
  if (storage === null || settings.telemetry === null) return <F>(work: F): F => work;
  const look = createDepthWatch({
    readDepths: createReadDepths(storage, credentialFor),
    report: (queue, depth) => telemetry.metric('externalGroups.queue.depth', depth, { queue }),
  });
  return <A extends readonly unknown[], R>(work: (...given: A) => R) =>
    (...given: A): R => {
      look();
      return work(...given);
    };
}

function createDeferralRooms(
  { storage }: Settings,
  credentialFor: CredentialFor,
): { send: Send; operations: Operations } {
  if (storage === null) {
    const missing = () => Promise.reject(new Error('AzureWebJobsStorage is not set'));
    return { send: missing, operations: { read: missing, record: missing } };
  }
  return { send: createSend(storage, credentialFor), operations: createOperations(storage, credentialFor) };
}

/** One credential for all of storage, so that its parts share their tokens. */
function storageCredential({ graphCredential, storage }: Settings): CredentialFor {
  const clientId = storage?.kind === 'identity' ? storage.clientId : null;
  const credential = createAzureCredential({ kind: graphCredential, clientId });
  return async () => credential;
}
