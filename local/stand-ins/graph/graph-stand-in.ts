import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { Certificate } from '../../stack/certificate.ts';
import { isJsonObject, parseJson } from '../../stack/json.ts';
import { listen } from '../../stack/listen.ts';
import { createRandom } from '../../stack/random.ts';
import { readBody } from '../../stack/read-body.ts';
import type { Caller, TokenIssuer } from '../identity/token-issuer.ts';
import { type Answer, refusal } from './answer.ts';
import { answerRequest } from './answer-request.ts';
import { authenticate, forbidden, refuseWithoutGroupsRole } from './authorise.ts';
import { type CallStatus, createCallLog, type GraphCall, type GraphCounters } from './call-log.ts';
import { answerConnections } from './connections/answer-connections.ts';
import { createConnectionStore, isOwn, type StoredConnection } from './connections/connection-store.ts';
import { answerDirectory } from './directory/answer-directory.ts';
import { createDirectory, type Directory, type DirectoryOptions } from './directory/directory.ts';
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
import { misbehave } from './misbehave.ts';
import { createOpenCall } from './open-call.ts';
import { sendAnswer } from './send-answer.ts';

/** How fast a connection is served. Graph's documented ceiling is 25 operations at a time per application. */
export interface GraphPace {
  /** More requests than this under way to one connection: 429. Absent: no ceiling. */
  readonly maxInFlight?: number;
  /** How long every proper answer takes; the work is done on arrival. */
  readonly latencyMs?: number;
  /** `Retry-After` of the ceiling's 429; absent: none, since Graph does not promise it here. */
  readonly retryAfter?: string;
}

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
  /** Makes `probability` repeatable. */
  readonly seed?: number;
  /** How many calls the log keeps. */
  readonly logCapacity?: number;
}

export interface GraphStandIn {
  /** `https://localhost:<port>`, fit for `GRAPH_BASE_URL`. */
  readonly url: string;
  readonly port: number;
  groups(): GroupWithMembers[];
  /** Puts a group there as if somebody else had created it; it counts as no create. */
  putGroup(connectionId: string, group: StoredGroup, members?: readonly StoredMember[]): void;
  /** Answers 404 about a group that exists; false where it does not exist. */
  hideGroup(connectionId: string, groupId: string, how?: HiddenGroup): boolean;
  /** Writes without an answer that are yet to be carried out. */
  lateWrites(): LateWrite[];
  /** Carries them out now; the number of them. */
  landNow(): number;
  /** Service principals and what they are assigned. */
  readonly directory: Directory;
  /** What Graph holds of a connection; undefined: no such connection. */
  connection(connectionId: string): StoredConnection | undefined;
  /** Puts a connection there as if somebody else had created or changed it. */
  putConnection(connection: StoredConnection): void;
  calls(since?: number): (GraphCall & { readonly time: string })[];
  counters(): GraphCounters;
  setFaults(rules: readonly FaultRule[]): void;
  setPace(pace: GraphPace): void;
  /** `true`: every request gets 403, as if the role assignment were gone. */
  denyRole(denied: boolean): void;
  /** Every token issued until now gets 401 from now on. */
  expireTokens(): void;
  /** Forgets all that was done to it, role assignments too; the pace returns to the options'. */
  reset(): void;
  close(): Promise<void>;
}

/** Graph takes request bodies up to 4 MB. */
const bodyLimit = 4 * 1024 * 1024;

/** Starts a stateful stand-in for Microsoft Graph's external groups, over TLS on the loopback interface. */
export async function startGraphStandIn(options: GraphStandInOptions): Promise<GraphStandIn> {
  const {
    tls,
    tokens,
    connections = [],
    anyConnection = false,
    audiences = ['https://graph.microsoft.com'],
  } = options;
  const now = Date.now;
  const store = createGroupStore({ connections: ['contosohr', ...connections], anyConnection, now });
  const late = createLateWrites(now);
  const connectionStore = createConnectionStore(store);
  const directory = createDirectory(tokens, options.directory);
  const log = createCallLog(options.logCapacity);
  const rules = createFaultRules(createRandom(options.seed ?? 1));
  const openCall = createOpenCall(log);
  let pace = options.pace ?? {};
  let denied = false;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { call, target } = openCall(request, response);
    const body = await readBody(request, bodyLimit);
    const access = authenticate(request.headers.authorization, tokens, audiences);
    call.tokenAccepted = access.tokenAccepted;
    if (access.tokenAccepted) call.tokenId = access.tokenId;
    const id = body === 'too-large' ? undefined : idInBody(body);
    if (call.operation === 'create-group') call.groupId = id;
    if (call.operation === 'add-member') call.memberId = id;

    const left = new AbortController();
    response.once('close', () => left.abort());
    const wait = (ms: number) => delay(ms, true, { signal: left.signal }).catch(() => false);
    const end = (status: CallStatus) => {
      if (call.status === 'pending') log.close(call, status);
    };
    const send = (answer: Answer) => {
      end(answer.status);
      sendAnswer(response, answer, {
        requestId: call.requestId,
        clientRequestId: call.clientRequestId ?? call.requestId,
        at: call.at,
      });
    };
    const work = (): Answer => {
      if (!access.tokenAccepted) return access.refused;
      if (body === 'too-large')
        return refusal(413, 'RequestEntityTooLarge', 'The request body is too large.');
      const administrative = administer(request, body, access.caller);
      if (administrative !== undefined) {
        call.committed = administrative.committed ?? false;
        return administrative;
      }
      const refused = refuseGroups(access.caller, target.connectionId ?? '');
      if (refused !== undefined) return refused;
      const answer = answerRequest({ method: call.method, target, headers: request.headers, body }, store);
      if (answer.committed) log.committed(call);
      return answer;
    };

    const fault = rules.take({
      method: call.method,
      path: call.path,
      ...(call.connectionId === undefined ? {} : { connectionId: call.connectionId }),
      ...(call.operation === undefined ? {} : { operation: call.operation }),
      ...(call.groupId === undefined ? {} : { groupId: call.groupId }),
      ...(call.memberId === undefined ? {} : { memberId: call.memberId }),
    });
    if (fault !== undefined) {
      call.fault = fault.kind;
      const workLater = (ms: number) => late.add(call.seq, ms, work);
      return misbehave(fault, { response, work, send, end, wait, workLater });
    }
    if (pace.maxInFlight !== undefined && call.inFlight > pace.maxInFlight) {
      const refused = refusal(
        429,
        'TooManyRequests',
        'Too many concurrent operations on this connection.',
        '429',
      );
      const headers = pace.retryAfter === undefined ? {} : { 'retry-after': pace.retryAfter };
      return send({ ...refused, headers });
    }
    const answer = work();
    if (pace.latencyMs !== undefined && !(await wait(pace.latencyMs))) return end('left');
    send(answer);
  }

  /** What is not about groups: the directory, and connections themselves. */
  function administer(request: IncomingMessage, body: Buffer, caller: Caller): Answer | undefined {
    const { method = 'GET' } = request;
    const url = new URL(request.url ?? '/', `https://localhost:${listening.port}`);
    return (
      answerDirectory({ method, url, body, caller }, directory) ??
      answerConnections({ method, path: url.pathname, body, caller }, connectionStore)
    );
  }

  function refuseGroups(caller: Caller, connectionId: string): Answer | undefined {
    if (denied) return forbidden();
    const connection = connectionStore.find(connectionId);
    const isForeign = connection !== undefined && !isOwn(connection, caller);
    const ofAll = caller.permissions.includes('ExternalItem.ReadWrite.All');
    return isForeign && !ofAll ? forbidden() : refuseWithoutGroupsRole(caller);
  }

  const server = createServer(
    { cert: tls.cert, key: tls.key, minVersion: 'TLSv1.2' },
    (request, response) => {
      handle(request, response).catch(() => response.destroy());
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
    connection: connectionStore.find,
    putConnection: connectionStore.put,
    calls: log.calls,
    counters: log.counters,
    setFaults: rules.set,
    setPace: (next) => {
      pace = next;
    },
    denyRole: (next) => {
      denied = next;
    },
    expireTokens: tokens.expireAll,
    reset() {
      store.clear();
      late.clear();
      connectionStore.clear();
      directory.reset();
      log.clear();
      rules.set([]);
      pace = options.pace ?? {};
      denied = false;
    },
    close() {
      late.clear();
      return listening.close();
    },
  };
}

function idInBody(body: Buffer): string | undefined {
  const value = parseJson(body.toString('utf8'));
  return isJsonObject(value) && typeof value.id === 'string' ? value.id : undefined;
}
