import type { GraphReply, GraphRequest, GraphService } from './graph-service.ts';
import { type Begin, type CallOptions, callOptions } from './ports.ts';

/** What a pending call of Graph is about. */
export interface GraphSubject {
  readonly connectionId: string;
  readonly request: GraphRequest;
}

/** Graph as an instance calls it. */
export interface GraphPort {
  /**
   * Rejects with an error whose `step` is `sent` if there was no response, `connect` if it was never sent. `about`: for the
   * timeline.
   */
  readonly request: (
    connectionId: string,
    request: GraphRequest,
    options?: CallOptions & { readonly about?: string },
  ) => Promise<GraphReply>;
}

export interface GraphRefusals {
  /** Graph's response when it refuses a request. */
  readonly refusal: (connectionId: string, request: GraphRequest) => GraphReply;
  /** Decides what may go either way: whether a 5xx or 408 came although the request had been carried out. */
  readonly coin: () => boolean;
}

export function createGraphPort(
  begin: Begin,
  graph: GraphService,
  { refusal, coin }: GraphRefusals,
): GraphPort {
  function refuse(connectionId: string, request: GraphRequest): GraphReply {
    const reply = refusal(connectionId, request);
    if (reply.status < 300 || ((reply.status >= 500 || reply.status === 408) && coin()))
      graph.handle(connectionId, request);
    return reply;
  }

  return {
    request: (connectionId, request, { about = '', ...options } = {}) =>
      begin<GraphReply>({
        service: 'graph',
        label: () => `Graph: ${request.kind} ${connectionId}/${groupIdOf(request)} ${about}`.trimEnd(),
        subject: { connectionId, request } satisfies GraphSubject,
        isRead: request.kind === 'read-group',
        perform: () => graph.handle(connectionId, request),
        refuse: () => refuse(connectionId, request),
        broken: (fate) => callFailure(fate === 'never sent' && coin() ? 'connect' : 'sent'),
        ...callOptions(options),
      }),
  };
}

function groupIdOf(request: GraphRequest): string {
  return 'group' in request ? request.group.id : request.groupId;
}

function callFailure(step: 'connect' | 'sent'): Error {
  return Object.assign(new Error('no answer'), { step });
}
