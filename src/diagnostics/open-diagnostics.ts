import type { GraphProbe } from '../graph/probe.ts';
import { createAzureCredential } from '../identity/azure-credential.ts';
import { type Environment, type Settings, variablesIn } from '../settings/settings.ts';
import type { Clock } from '../shared/clock.ts';
import { createFetch } from '../shared/fetch.ts';
import type { CredentialFor } from '../storage/credential.ts';
import { createFindEntities } from '../storage/find-entities.ts';
import { createStorageProbe } from '../storage/probe.ts';
import { queueNames } from '../storage/queues.ts';
import { queues, tables } from '../storage/stores.ts';
import { createProbeIntake } from '../telemetry/probe-intake.ts';
import { createDiagnose, type Diagnose } from './diagnose.ts';
import type { WorkInStorage } from './work-in-storage.ts';

interface OpenDiagnosticsOptions {
  readonly settings: Settings;
  readonly environment: Environment;
  /** Names of the sources of this repository. */
  readonly sources: readonly string[];
  /** Null if the host does not say. */
  readonly hostVersion: string | null;
  readonly graph: GraphProbe;
  /** How to read the work that storage holds. */
  readonly work: Pick<WorkInStorage, 'tables' | 'readHead' | 'readOperation'>;
  readonly credentialFor: CredentialFor;
  readonly clock: Clock;
}

/** The diagnostics with the app's own settings, tokens and credentials. */
export function openDiagnostics(options: OpenDiagnosticsOptions): Diagnose {
  const { settings, environment, sources, hostVersion, graph, work, credentialFor, clock } = options;
  const { storage, telemetry, telemetryIdentity, graphCredential } = settings;
  const fetch = createFetch(environment);
  const probe = storage === null ? null : createStorageProbe(storage, credentialFor, fetch);
  const credential =
    telemetryIdentity === null
      ? null
      : createAzureCredential({ kind: graphCredential, clientId: telemetryIdentity.clientId });
  return createDiagnose({
    runtime: {
      settings,
      variables: variablesIn(environment),
      sources,
      nodeVersion: process.version,
      hostVersion,
    },
    storage: {
      probe,
      access: {
        identity: storage?.kind === 'identity' ? { clientId: storage.clientId } : null,
        account: probe === null ? '' : accountOf(probe.endpoints.queue),
      },
      stores: { queues, tables },
      work:
        storage === null || probe === null
          ? null
          : {
              ...work,
              find: createFindEntities(storage, credentialFor),
              peekDeadLetters: (signal) => probe.peekMessages(queueNames.deadLetters, signal),
            },
    },
    graph,
    telemetry: {
      probe:
        telemetry === null
          ? null
          : createProbeIntake({ connectionString: telemetry, credential, now: clock.now, fetch }),
      withIdentity: credential !== null,
    },
    clock,
  });
}

/** `account.queue.core.windows.net`; in the emulator the path names the account. */
function accountOf(queueUrl: string): string {
  const { hostname, pathname } = new URL(queueUrl);
  return pathname === '/' ? (hostname.split('.')[0] ?? hostname) : pathname.slice(1);
}
