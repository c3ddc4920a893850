import type { GraphReply, GraphRequest, GraphService } from './graph-service.ts';
import { type Begin, type CallOptions, callOptions } from './ports.ts';

/** Graph as an instance calls it. */
export interface GraphPort {
  /** Rejects with an error whose `step` is `sent` where no answer came. `about`: for the timeline. */
  readonly request: (
    connectionId: string,
    request: GraphRequest,
    options?: CallOptions & { readonly about?: string },
  ) => Promise<GraphReply>;
}

export interface GraphRefusals {
  /** What Graph says where it turns a request down. */
  readonly refusal: (connectionId: string, request: GraphRequest) => GraphReply;
  /** Whether an answer of 5xx came after the request had been carried out all the same. */
  readonly carriesOutFirst: () => boolean;
}

export function createGraphPort(
  begin: Begin,
  graph: GraphService,
  { refusal, carriesOutFirst }: GraphRefusals,
): GraphPort {
  function refuse(connectionId: string, request: GraphRequest): GraphReply {
    const reply = refusal(connectionId, request);
    if (reply.status >= 500 && carriesOutFirst()) graph.handle(connectionId, request);
    return reply;
  }

  return {
    request: (connectionId, request, { about = '', ...options } = {}) =>
      begin<GraphReply>({
        service: 'graph',
        label: () => `Graph: ${request.kind} ${connectionId}/${groupIdOf(request)} ${about}`.trimEnd(),
        isRead: request.kind === 'read-group',
        perform: () => graph.handle(connectionId, request),
        refuse: () => refuse(connectionId, request),
        broken: () => Object.assign(new Error('no answer'), { step: 'sent' }),
        ...callOptions(options),
      }),
  };
}

function groupIdOf(request: GraphRequest): string {
  return 'group' in request ? request.group.id : request.groupId;
}
