import { LimitReached } from '../../../src/graph/limiter/permit.ts';
import type { CallOptions, GraphCalls } from '../../../src/graph/transport/call-graph.ts';
import type { GraphResponse } from '../../../src/graph/transport/read-response.ts';
import type { GraphReply, GraphRequest } from '../world/graph-service.ts';
import type { Instance } from '../world/instance.ts';
import type { Deliveries, Delivery } from './deliveries.ts';
import type { Invocation, Journal } from './journal.ts';
import { Violation } from './violation.ts';

export interface GraphCallsOptions {
  readonly instance: Instance;
  readonly journal: Journal;
  readonly deliveries: Deliveries;
  /** Whether the concurrency limiter holds a call back. */
  readonly isHeldBack: () => boolean;
  readonly report: (violation: Violation) => void;
  /** The true time. */
  readonly now: () => number;
  /** Whether no deletion forbids it to create its group. */
  readonly mayCreate: (invocation: Invocation) => boolean;
}

/** The two calls of a creation over the simulated Graph, checked: an uncertain write must be followed by a read. */
export function createSimulatedGraphCalls(options: GraphCallsOptions): GraphCalls {
  const { instance, journal, deliveries, isHeldBack, report, now, mayCreate } = options;

  /** Copies of a message do not know about each other, and an operator may redrive early. */
  const isTooEarly = ({ notBefore, troubles, wasRedriven }: Delivery) =>
    now() < notBefore && troubles === 0 && !wasRedriven;

  async function call(connectionId: string, request: GraphRequest, { signal, trace }: CallOptions) {
    const groupId = 'group' in request ? request.group.id : request.groupId;
    const delivery = deliveries.ofCall(trace.traceparent, groupId);
    if (delivery !== undefined) delivery.attempts += 1;
    if (isHeldBack()) throw new LimitReached(5);
    const running = delivery === undefined ? [] : journal.running(instance.name, delivery);
    // With two copies of a message in progress, it is unknown whose call it is.
    const invocation = running.length === 1 ? running[0] : undefined;
    const isWrite = request.kind === 'create-group';
    if (delivery !== undefined && isTooEarly(delivery))
      report(new Violation('too-early', `${connectionId}: ${delivery.words}`));
    if (isWrite && invocation?.isInDoubt === true)
      report(new Violation('second-write', `${connectionId}/${groupId}`));
    if (isWrite && running.length > 0 && !running.some(mayCreate))
      report(new Violation('resurrected', `${connectionId}/${groupId}`));
    try {
      const reply = await instance.graph.request(connectionId, request, { signal });
      if (delivery !== undefined && reply.status === 429)
        delivery.notBefore = now() + (reply.retryAfter ?? 0) * 1000;
      if (invocation !== undefined && isWrite && isAmbiguous(reply)) invocation.isInDoubt = true;
      if (!isWrite && isDefinite(reply)) for (const reader of running) reader.isInDoubt = false;
      return toAnswer(reply);
    } catch (thrown) {
      const sent = thrown instanceof Error && 'step' in thrown && thrown.step === 'sent';
      if (invocation !== undefined && isWrite && sent) invocation.isInDoubt = true;
      throw thrown;
    }
  }

  const unused = () => Promise.reject(new Error('A creation makes no such call.'));
  return {
    updateGroup: unused,
    deleteGroup: unused,
    addMember: unused,
    removeMember: unused,
    createGroup: (connectionId, group, given) => call(connectionId, { kind: 'create-group', group }, given),
    readGroup: (connectionId, groupId, given) => call(connectionId, { kind: 'read-group', groupId }, given),
  };
}

const isAmbiguous = ({ status, body }: GraphReply) => status >= 500 || (status < 300 && body === undefined);
const isDefinite = ({ status, body }: GraphReply) => status === 404 || (status === 200 && body !== undefined);

function toAnswer({ status, body, code, retryAfter }: GraphReply): GraphResponse {
  return {
    status,
    body,
    graph: { status, code: code ?? null, requestId: null },
    codes: code === undefined ? [] : [code],
    retryAfter: retryAfter ?? null,
  };
}
