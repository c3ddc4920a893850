import type { GraphProbe } from '../graph/probe.ts';
import type { TokenClaims } from '../graph/token-claims.ts';
import type { Clock } from '../shared/clock.ts';
import { shareRunning } from '../shared/share.ts';
import type { Check, CheckDefinition } from './check.ts';
import { connectionChecks } from './checks/connections.ts';
import { directoryChecks } from './checks/directory.ts';
import { queueChecks } from './checks/queues.ts';
import { type Runtime, runtimeChecks } from './checks/runtime.ts';
import { sourceChecks } from './checks/sources.ts';
import { type StoragePort, storageChecks } from './checks/storage.ts';
import { type TelemetryPort, telemetryChecks } from './checks/telemetry.ts';
import { tokenChecks } from './checks/token.ts';
import { unfinishedWorkChecks } from './checks/unfinished-work.ts';
import { type ConnectionsInUse, findConnectionsInUse } from './connections-in-use.ts';
import { runChecks } from './run-checks.ts';

interface DiagnosticsPorts {
  readonly runtime: Runtime;
  readonly storage: Omit<StoragePort, 'now'>;
  readonly graph: GraphProbe;
  readonly telemetry: TelemetryPort;
  readonly clock: Clock;
}

/** What only the app's identity can see, in reading order. */
export interface Diagnosis {
  readonly checks: readonly Check[];
  /** Who the app is, for anyone who investigates further: ids, never a token. */
  readonly app: {
    readonly graph: string;
    readonly identity: AppIdentity | null;
    /** Null: none is set. */
    readonly storage: { readonly account: string; readonly by: ReachedBy } | null;
    readonly telemetry: { readonly by: ReachedBy } | null;
  };
}

/** How a service is accessed: with a key, with the identity used for Graph, or with another one. */
export type ReachedBy = 'key' | 'identity' | 'other-identity';

export interface AppIdentity {
  readonly clientId: string | null;
  readonly objectId: string | null;
  readonly tenantId: string | null;
  readonly tokenIssuedDateTime: string | null;
  readonly tokenExpiresDateTime: string;
}

export type Diagnose = () => Promise<Diagnosis>;

/** Milliseconds. Callers are promised an answer within 15 s. */
const bounds = { eachWithin: 5_000, allWithin: 13_000 } as const;

/** Runs all checks; callers that arrive meanwhile share the run. Never rejects. */
export function createDiagnose({ runtime, storage, graph, telemetry, clock }: DiagnosticsPorts): Diagnose {
  return shareRunning(async function diagnose(): Promise<Diagnosis> {
    const { settings } = runtime;
    let identity: AppIdentity | null = null;
    const claims = async (signal: AbortSignal) => {
      const read = await graph.claims(signal);
      identity = read === null ? null : toIdentity(read);
      return read;
    };
    const began = clock.monotonic();
    const inUse = await connectionsInUse(settings.allowedConnections, storage.work);
    const checks = await runChecks(
      defineChecks({ runtime, storage, graph: { ...graph, claims }, telemetry, clock }, inUse),
      { clock, ...bounds, allWithin: bounds.allWithin - (clock.monotonic() - began) },
    );
    const { access } = storage;
    return {
      checks,
      app: {
        graph: settings.graphUrl,
        identity,
        storage:
          settings.storage === null
            ? null
            : { account: access.account, by: reachedBy(access.identity, settings.clientId) },
        telemetry:
          settings.telemetry === null
            ? null
            : { by: reachedBy(settings.telemetryIdentity, settings.clientId) },
      },
    };
  });
}

/** Null: EXTERNAL_CONNECTIONS is the list. */
async function connectionsInUse(
  allowed: ReadonlySet<string> | null,
  work: StoragePort['work'],
): Promise<ConnectionsInUse | null> {
  if (allowed !== null) return null;
  return work === null ? { ids: [], isWhole: true } : findConnectionsInUse(work);
}

/** All checks, in reading order. */
export function defineChecks(
  ports: DiagnosticsPorts,
  inUse: ConnectionsInUse | null,
): readonly CheckDefinition[] {
  const { runtime, graph, telemetry, clock } = ports;
  const { allowedConnections, clientId, graphCredential: kind } = runtime.settings;
  const storage = { ...ports.storage, now: clock.now };
  return [
    ...runtimeChecks(runtime),
    ...sourceChecks(runtime),
    ...storageChecks(storage),
    ...tokenChecks({ claims: graph.claims, clientId, kind, now: clock.now }),
    ...directoryChecks({ probe: graph, memberNames: runtime.settings.memberNames }),
    ...connectionChecks({
      probe: graph,
      connections: inUse === null ? [...(allowedConnections ?? [])] : inUse.ids,
      isWhole: inUse === null ? null : inUse.isWhole,
    }),
    ...queueChecks(storage),
    ...unfinishedWorkChecks(storage),
    ...telemetryChecks(telemetry),
  ];
}

function reachedBy(
  identity: { readonly clientId: string | null } | null,
  clientId: string | null,
): ReachedBy {
  if (identity === null) return 'key';
  return identity.clientId === clientId ? 'identity' : 'other-identity';
}

function toIdentity({ clientId, objectId, tenantId, issuedAt, expiresAt }: TokenClaims): AppIdentity {
  return {
    clientId,
    objectId,
    tenantId,
    tokenIssuedDateTime: issuedAt === null ? null : new Date(issuedAt).toISOString(),
    tokenExpiresDateTime: new Date(expiresAt).toISOString(),
  };
}
