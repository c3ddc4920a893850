import { createServer } from 'node:https';
import { clouds } from '../../../src/settings/clouds.ts';
import type { Certificate } from '../../stack/certificate.ts';
import { listen } from '../../stack/listen.ts';
import { createRandom } from '../../stack/random.ts';
import type { TokenIssuer } from '../identity/token-issuer.ts';
import { createCallLog, type GraphCall, type GraphCounters } from './call-log.ts';
import { createConnectionStore, type StoredConnection } from './connections/connection-store.ts';
import { createDirectory, type Directory, type DirectoryOptions } from './directory/directory.ts';
import { createResourceUnits } from './directory/resource-units.ts';
import { createUserStore, type UserStore } from './directory/user-store.ts';
import { createFaultRules } from './fault-rules.ts';
import type { FaultRule } from './faults.ts';
import {
  createGroupStore,
  type GroupWithMembers,
  type HiddenGroup,
  type StoredGroup,
  type StoredMember,
} from './group-store.ts';
import { createLateWrites, type LateWrite } from './late-writes.ts';
import { type Conditions, createServeRequest, type GraphPace } from './serve-request.ts';

export interface GraphStandInOptions {
  readonly tls: Certificate;
  readonly tokens: TokenIssuer;
  readonly port?: number;
  /** Connections known besides `contosohr`. */
  readonly connections?: readonly string[];
  readonly anyConnection?: boolean;
  /** The resources whose tokens are accepted. */
  readonly audiences?: readonly string[];
  readonly pace?: GraphPace;
  readonly directory?: DirectoryOptions;
  /** Resource units that the directory serves in ten seconds; absent: those of a small tenant. */
  readonly resourceUnits?: number;
  /** Makes `probability` repeatable. */
  readonly seed?: number;
  /** How many calls the log keeps. */
  readonly logCapacity?: number;
}

export interface GraphStandIn {
  /** `https://localhost:<port>`, suitable for `GRAPH_BASE_URL`. */
  readonly url: string;
  readonly port: number;
  groups(): GroupWithMembers[];
  /** Adds a group as if somebody else had created it; it is not counted as a create. */
  putGroup(connectionId: string, group: StoredGroup, members?: readonly StoredMember[]): void;
  /** Answers 404 for a group that exists; false if it does not. */
  hideGroup(connectionId: string, groupId: string, how?: HiddenGroup): boolean;
  /** Writes without a response that are still to be carried out. */
  lateWrites(): LateWrite[];
  /** Carries them out now; returns how many. */
  landNow(): number;
  /** Service principals and their role assignments. */
  readonly directory: Directory;
  /** The users that names are looked up among. */
  readonly users: UserStore;
  /** A connection as Graph holds it; undefined if there is none. */
  connection(connectionId: string): StoredConnection | undefined;
  /** Adds a connection as if somebody else had created or changed it. */
  putConnection(connection: StoredConnection): void;
  calls(since?: number): (GraphCall & { readonly time: string })[];
  counters(): GraphCounters;
  setFaults(rules: readonly FaultRule[]): void;
  setPace(pace: GraphPace): void;
  /** `true`: every request gets 403, as if the role assignment were gone. */
  denyRole(denied: boolean): void;
  /** Every token issued until now gets 401 from now on. */
  expireTokens(): void;
  /** Resets everything, including role assignments; the pace returns to that of the options. */
  reset(): void;
  close(): Promise<void>;
}

/** Starts a stateful stand-in for Microsoft Graph's external groups, over TLS on the loopback interface. */
export async function startGraphStandIn(options: GraphStandInOptions): Promise<GraphStandIn> {
  const { tls, tokens, connections = [], anyConnection = false, audiences = [clouds.global.root] } = options;
  const now = Date.now;
  const store = createGroupStore({ connections: ['contosohr', ...connections], anyConnection, now });
  const late = createLateWrites(now);
  const connectionStore = createConnectionStore(store);
  const directory = createDirectory(tokens, options.directory);
  const users = createUserStore();
  const units = createResourceUnits(now, options.resourceUnits);
  const log = createCallLog(options.logCapacity);
  const rules = createFaultRules(createRandom(options.seed ?? 1));
  const conditions: Conditions = { pace: options.pace ?? {}, denied: false };
  const serveRequest = createServeRequest(
    { groups: store, late, connections: connectionStore, directory, users, units, log, rules },
    conditions,
    { tokens, audiences },
  );

  const server = createServer(
    { cert: tls.cert, key: tls.key, minVersion: 'TLSv1.2' },
    (request, response) => {
      serveRequest(request, response).catch(() => response.destroy());
    },
  );
  const listening = await listen(server, options.port);
  return {
    url: `https://localhost:${listening.port}`,
    port: listening.port,
    groups: store.all,
    putGroup(connectionId, group, members = []) {
      store.put(connectionId, group);
      for (const member of members) store.putMember(connectionId, group.id, member);
    },
    hideGroup: (connectionId, groupId, how = {}) => store.hide(connectionId, groupId, how),
    lateWrites: late.pending,
    landNow: late.landNow,
    directory,
    users,
    connection: connectionStore.find,
    putConnection: connectionStore.put,
    calls: log.calls,
    counters: log.counters,
    setFaults: rules.set,
    setPace: (next) => {
      conditions.pace = next;
    },
    denyRole: (next) => {
      conditions.denied = next;
    },
    expireTokens: tokens.expireAll,
    reset() {
      store.clear();
      late.clear();
      connectionStore.clear();
      directory.reset();
      users.reset();
      units.reset();
      log.clear();
      rules.set([]);
      conditions.pace = options.pace ?? {};
      conditions.denied = false;
    },
    close() {
      late.clear();
      return listening.close();
    },
  };
}
