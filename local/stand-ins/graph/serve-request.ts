import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { isJsonObject, parseJson } from '../../stack/json.ts';
import { readBody } from '../../stack/read-body.ts';
import type { Caller, TokenIssuer } from '../identity/token-issuer.ts';
import { type Answer, refusal } from './answer.ts';
import { answerRequest } from './answer-request.ts';
import { authenticate, forbidden, refuseWithoutGroupsRole } from './authorise.ts';
import type { CallLog, CallStatus } from './call-log.ts';
import { answerConnections } from './connections/answer-connections.ts';
import { type ConnectionStore, isOwn } from './connections/connection-store.ts';
import { answerDirectory } from './directory/answer-directory.ts';
import { answerUsers } from './directory/answer-users.ts';
import type { Directory } from './directory/directory.ts';
import type { ResourceUnits } from './directory/resource-units.ts';
import type { UserStore } from './directory/user-store.ts';
import type { FaultRules } from './fault-rules.ts';
import type { GroupStore } from './group-store.ts';
import type { LateWrites } from './late-writes.ts';
import { misbehave } from './misbehave.ts';
import { createOpenCall } from './open-call.ts';
import { sendAnswer } from './send-answer.ts';

/** The rate at which a connection is served. Graph's documented ceiling is 25 operations at a time per application. */
export interface GraphPace {
  /** More requests than this in flight to one connection: 429. Absent: no limit. */
  readonly maxInFlight?: number;
  /** How long every regular response takes; the work is done on arrival. */
  readonly latencyMs?: number;
  /** `Retry-After` of that 429; absent: none, since Graph does not promise it here. */
  readonly retryAfter?: string;
}

/** What the stand-in holds. */
interface GraphState {
  readonly groups: GroupStore;
  readonly late: LateWrites;
  readonly connections: ConnectionStore;
  readonly directory: Directory;
  readonly users: UserStore;
  readonly units: ResourceUnits;
  readonly log: CallLog;
  readonly rules: FaultRules;
}

/** What may be changed while it runs. */
export interface Conditions {
  pace: GraphPace;
  /** Every request of an app gets 403, as if the role assignment were gone; people keep their own permissions. */
  denied: boolean;
}

/** Graph accepts request bodies up to 4 MB. */
const bodyLimit = 4 * 1024 * 1024;

/** Serves one request: authentication, injected faults, the limit of the connection, then the response. */
export function createServeRequest(
  state: GraphState,
  conditions: Conditions,
  access: { readonly tokens: TokenIssuer; readonly audiences: readonly string[] },
) {
  const { log, rules, late } = state;
  const { tokens, audiences } = access;
  const openCall = createOpenCall(log);

  /** Requests about the directory, and about connections themselves. */
  function administer(method: string, url: URL, body: Buffer, caller: Caller): Answer | undefined {
    return (
      answerUsers({ method, url, body, caller }, state.users, state.units) ??
      answerDirectory({ method, url, body, caller }, state.directory) ??
      answerConnections({ method, path: url.pathname, body, caller }, state.connections)
    );
  }

  function refuseGroups(caller: Caller, connectionId: string): Answer | undefined {
    if (conditions.denied && caller.directoryRoles === null) return forbidden();
    const connection = state.connections.find(connectionId);
    const isForeign = connection !== undefined && !isOwn(connection, caller);
    const ofAll = caller.permissions.includes('ExternalItem.ReadWrite.All');
    return isForeign && !ofAll ? forbidden() : refuseWithoutGroupsRole(caller);
  }

  return async function serveRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Read now: a late write is carried out when the socket may be gone.
    const url = new URL(request.url ?? '/', `https://localhost:${request.socket.localPort}`);
    const { call, target, leave } = openCall(request, response);
    const body = await readBody(request, bodyLimit);
    const caller = authenticate(request.headers.authorization, tokens, audiences);
    call.tokenAccepted = caller.tokenAccepted;
    if (caller.tokenAccepted) call.tokenId = caller.tokenId;
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
      leave();
      sendAnswer(response, answer, {
        requestId: call.requestId,
        clientRequestId: call.clientRequestId ?? call.requestId,
        at: call.at,
      });
    };
    const work = (): Answer => {
      if (!caller.tokenAccepted) return caller.refused;
      if (body === 'too-large')
        return refusal(413, 'RequestEntityTooLarge', 'The request body is too large.');
      const administrative = administer(call.method, url, body, caller.caller);
      if (administrative !== undefined) {
        call.committed = administrative.committed ?? false;
        return administrative;
      }
      const refused = refuseGroups(caller.caller, target.connectionId ?? '');
      if (refused !== undefined) return refused;
      const answer = answerRequest(
        { method: call.method, target, headers: request.headers, body },
        state.groups,
      );
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
    const { pace } = conditions;
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
  };
}

function idInBody(body: Buffer): string | undefined {
  const value = parseJson(body.toString('utf8'));
  return isJsonObject(value) && typeof value.id === 'string' ? value.id : undefined;
}
