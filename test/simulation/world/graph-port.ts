import type { GraphReply, GraphRequest, GraphService } from './graph-service.ts';
import { type Begin, type CallOptions, callOptions } from './ports.ts';

/** What a call of Graph under way is about. */
export interface GraphSubject {
  readonly connectionId: string;
  readonly request: GraphRequest;
}

/** Graph as an instance calls it. */
export interface GraphPort {
  /**
   * Rejects with an error whose `step` is `sent` where no answer came, `connect` where it was never sent. `about`: for
   * the timeline.
   */
  readonly request: (
    connectionId: string,
    request: GraphRequest,
    options?: CallOptions & { readonly about?: string },
  ) => Promise<GraphReply>;
}

export interface GraphRefusals {
  /** What Graph says where it turns a request down. */
  readonly refusal: (connectionId: string, request: GraphRequest) => GraphReply;
  /** Decides what may be so or so: whether a 5xx came after the request had been carried out all the same. */
  readonly coin: () => boolean;
}

export function createGraphPort(
  begin: Begin,
  graph: GraphService,
  { refusal, coin }: GraphRefusals,
): GraphPort {
  function refuse(connectionId: string, request: GraphRequest): GraphReply {
    const reply = refusal(connectionId, request);
    if (reply.status < 300 || (reply.status >= 500 && coin())) graph.handle(connectionId, request);
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
