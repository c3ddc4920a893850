import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { Certificate } from '../../stack/certificate.ts';
import { isJsonObject, parseJson } from '../../stack/json.ts';
import { listen } from '../../stack/listen.ts';
import { createRandom } from '../../stack/random.ts';
import { readBody } from '../../stack/read-body.ts';
import type { TokenIssuer } from '../identity/token-issuer.ts';
import { type Answer, refusal } from './answer.ts';
import { answerRequest } from './answer-request.ts';
import { authorise } from './authorise.ts';
import { type CallStatus, createCallLog, type GraphCall, type GraphCounters } from './call-log.ts';
import { createFaultRules } from './fault-rules.ts';
import type { FaultRule } from './faults.ts';
import { createGroupStore, type StoredGroup } from './group-store.ts';
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
  /** Makes `probability` repeatable. */
  readonly seed?: number;
  /** How many calls the log keeps. */
  readonly logCapacity?: number;
}

export interface GraphStandIn {
  /** `https://localhost:<port>`, fit for `GRAPH_BASE_URL`. */
  readonly url: string;
  readonly port: number;
  groups(): (StoredGroup & { readonly connectionId: string })[];
  /** Puts a group there as if somebody else had created it; it counts as no create. */
  putGroup(connectionId: string, group: StoredGroup): void;
  calls(since?: number): (GraphCall & { readonly time: string })[];
  counters(): GraphCounters;
  setFaults(rules: readonly FaultRule[]): void;
  setPace(pace: GraphPace): void;
  /** `true`: every request gets 403, as if the role assignment were gone. */
  denyRole(denied: boolean): void;
  /** Every token issued until now gets 401 from now on. */
  expireTokens(): void;
  /** Forgets groups, calls, counters, faults and the denied role; the pace returns to the options'. */
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
  const store = createGroupStore({ connections: ['contosohr', ...connections], anyConnection });
  const log = createCallLog(options.logCapacity);
  const rules = createFaultRules(createRandom(options.seed ?? 1));
  const openCall = createOpenCall(log);
  let pace = options.pace ?? {};
  let denied = false;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { call, target } = openCall(request, response);
    const body = await readBody(request, bodyLimit);
    const access = authorise(request.headers.authorization, tokens, audiences, denied);
    call.tokenAccepted = access.tokenAccepted;
    call.tokenId = access.tokenId;
    call.groupId ??= body === 'too-large' ? undefined : idInBody(body);

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
      if (access.refused !== undefined) return access.refused;
      if (body === 'too-large')
        return refusal(413, 'RequestEntityTooLarge', 'The request body is too large.');
      const answer = answerRequest({ method: call.method, target, headers: request.headers, body }, store);
      call.committed = answer.committed ?? false;
      if (answer.status === 201) log.created(call.connectionId ?? '', call.groupId ?? '');
      return answer;
    };

    const fault = rules.take({
      method: call.method,
      ...(call.connectionId === undefined ? {} : { connectionId: call.connectionId }),
      ...(call.groupId === undefined ? {} : { groupId: call.groupId }),
    });
    if (fault !== undefined) {
      call.fault = fault.kind;
      return misbehave(fault, { response, work, send, end, wait });
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
    putGroup: store.put,
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
      log.clear();
      rules.set([]);
      pace = options.pace ?? {};
      denied = false;
    },
    close: listening.close,
  };
}

function idInBody(body: Buffer): string | undefined {
  const value = parseJson(body.toString('utf8'));
  return isJsonObject(value) && typeof value.id === 'string' ? value.id : undefined;
}
