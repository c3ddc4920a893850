import type { Base } from './base.ts';
import { createCreateNow } from './creations/create-now.ts';
import { createDefer } from './creations/defer.ts';
import { createOperations } from './creations/operations/operations.ts';
import { createGraph } from './graph/graph.ts';
import { groupUrl } from './graph/group-url.ts';
import { createCanonicalId } from './groups/connection-id.ts';
import { createValidation } from './groups/validation.ts';
import { createCreateGroupEndpoint } from './http/create-group.ts';
import type { Endpoint, Invocation } from './http/endpoint.ts';
import { createLengthCheck } from './http/read-body.ts';
import type { RouteAtStart, RouteName } from './http/routes.ts';
import { createGetHealthEndpoint } from './http/service-endpoints.ts';
import { createSignatures } from './http/verify-signature.ts';
import { createAzureCredential } from './identity/azure-credential.ts';
import type { QueueWorker } from './queue/receive-message.ts';
import type { TriggerMetadata } from './queue/work-item.ts';
import type { Rooms } from './rooms.ts';
import { type Environment, readSettings, type Settings } from './settings/settings.ts';
import { lazily, onFirstUse } from './shared/lazily.ts';
import { systemRuntime } from './shared/runtime.ts';
import type { CredentialFor } from './storage/credential.ts';
import { createQueueSender, queueNames } from './storage/queues.ts';
import { openTelemetry } from './telemetry/open-telemetry.ts';
import type { Telemetry } from './telemetry/telemetry.ts';

export type { Invocation, TriggerMetadata };

/** A function that works on the messages of a queue. */
export interface QueueFunction {
  readonly name: string;
  readonly queue: string;
  readonly work: QueueWorker;
}

/** A function that runs by the clock. */
export interface TimerFunction {
  readonly name: string;
  /** NCRONTAB, or the setting that holds it. */
  readonly schedule: string;
  readonly run: (invocation: Pick<TriggerMetadata, 'traceContext' | 'log'>) => Promise<void>;
}

/** The use cases with their dependencies: what `functions/` binds to triggers. */
export interface App {
  /** `HTTP_STREAMING` is `true`. */
  readonly isStreaming: boolean;
  readonly endpoint: (name: RouteName) => Endpoint;
  readonly queues: readonly QueueFunction[];
  readonly timers: readonly TimerFunction[];
  readonly telemetry: Telemetry;
  /** To be called once all functions are registered. Never throws. */
  readonly start: () => void;
}

/** Milliseconds after the start at which the queues are made: the first request comes first. */
const makeQueuesAfter = 3_000;

/**
 * Builds everything once; throws a `SettingsError` that names every wrong setting. A start builds what creating a group
 * needs; the other rooms load with the first use of one of them.
 */
export function createApp(environment: Environment, hostVersion: string | null = null): App {
  const base = openBase(environment, hostVersion);
  const { settings, runtime, telemetry } = base;
  const rooms = lazily(async () => (await import('./rooms.ts')).openRooms(base));
  const later = <A extends readonly unknown[], R>(pick: (opened: Rooms) => (...given: A) => Promise<R>) =>
    onFirstUse(rooms, pick);
  const atStart: { readonly [name in RouteAtStart]: Endpoint } = {
    'create-group': openCreateGroup(base),
    'get-health': createGetHealthEndpoint(),
  };
  const isAtStart = (name: RouteName): name is RouteAtStart => Object.hasOwn(atStart, name);
  const { storage, verifyGroups } = settings;

  return {
    isStreaming: settings.httpStreaming,
    endpoint: (name) => (isAtStart(name) ? atStart[name] : later(({ http }) => http[name])),
    queues: [
      {
        name: 'create-deferred-group',
        queue: queueNames.work,
        work: later(({ createDeferred }) => createDeferred),
      },
      {
        name: 'change-declared-group',
        queue: queueNames.changes,
        work: later(({ changeDeclaredGroup }) => changeDeclaredGroup),
      },
      // Always there, so that `external-groups groups verify` works everywhere.
      {
        name: 'verify-groups-step',
        queue: queueNames.verifications,
        work: later(({ verifyStep }) => verifyStep),
      },
    ],
    timers: [
      {
        name: 'maintain-queues',
        schedule: '0 * * * * *',
        run: later(({ maintainQueues }) => maintainQueues),
      },
      { name: 'look-after-groups', schedule: '0 23 * * * *', run: later(({ hourlyPass }) => hourlyPass) },
      // The host refuses a timer whose setting is missing.
      ...(verifyGroups === null
        ? []
        : [
            {
              name: 'verify-groups',
              schedule: '%VERIFY_GROUPS%',
              run: later(({ verifyBegin }) => verifyBegin),
            },
          ]),
    ],
    telemetry,
    start: () => {
      if (storage !== null)
        runtime.clock.after(
          makeQueuesAfter,
          later(({ makeQueues }) => makeQueues),
        );
    },
  };
}

function openBase(environment: Environment, hostVersion: string | null): Base {
  const settings = readSettings(environment);
  const telemetry = openTelemetry(settings);
  const credentialFor = storageCredential(settings);
  const canonicalId = createCanonicalId(settings.allowedConnections);
  return {
    settings,
    environment,
    hostVersion,
    runtime: systemRuntime,
    telemetry,
    graph: createGraph(settings, telemetry),
    credentialFor,
    send: createQueueSender(settings.storage, credentialFor).send,
    operations: createOperations(settings.storage, credentialFor),
    callers: {
      requireLength: createLengthCheck(settings),
      signatures: createSignatures(settings.webhookSecrets),
      canonicalId,
    },
    canonicalId,
    locate: (connectionId, groupId) => groupUrl(settings.graphUrl, connectionId, groupId),
  };
}

function openCreateGroup({ settings, runtime, telemetry, graph, send, ...base }: Base): Endpoint {
  const { graphDeadline, giveUpAfter, idCharacters } = settings;
  return createCreateGroupEndpoint({
    callers: base.callers,
    validate: createValidation(idCharacters),
    createNow: createCreateNow({
      createExternalGroup: graph.createExternalGroup,
      defer: createDefer(send, base.operations, runtime),
      telemetry,
      limits: { graphDeadline, giveUpAfter },
      runtime,
    }),
    locate: base.locate,
    now: runtime.clock.now,
  });
}

/** One credential for all of storage, so that its parts share their tokens. */
function storageCredential({ graphCredential, storage }: Settings): CredentialFor {
  const clientId = storage?.kind === 'identity' ? storage.clientId : null;
  const credential = createAzureCredential({ kind: graphCredential, clientId });
  return async () => credential;
}
