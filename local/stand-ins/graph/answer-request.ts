import { type Answer, refusal } from './answer.ts';
import type { GraphRequest } from './graph-request.ts';
import { type GroupBody, isAnswer, readGroupBody } from './group-body.ts';
import type { GroupStore, StoredGroup } from './group-store.ts';

/** Whether a request's content type is JSON. */
export function isJsonContentType(contentType: string | undefined): boolean {
  return /^application\/json\s*(;|$)/i.test(contentType ?? '');
}

/**
 * What Graph's external groups API says to an authorised request, and the change it makes:
 * https://learn.microsoft.com/graph/api/externalconnectors-external-post-connections (and its neighbours).
 * Undocumented: the answer to a duplicate id. 409 `NameAlreadyExists` is what two independent connectors expect.
 */
export function answerRequest(request: GraphRequest, store: GroupStore): Answer {
  const { target, method } = request;
  const { connectionId = '', groupId = '' } = target;
  if (target.kind === 'unknown') {
    return refusal(400, 'BadRequest', `Resource not found for the segment '${target.unknownSegment}'.`);
  }
  const handle = (target.kind === 'groups' ? onGroups : onGroup)[method];
  if (handle === undefined) {
    const refused = refusal(405, 'MethodNotAllowed', `The method ${method} is not supported here.`);
    const allow = Object.keys(target.kind === 'groups' ? onGroups : onGroup).join(', ');
    return { ...refused, headers: { allow } };
  }
  if (!store.knows(connectionId)) {
    return refusal(404, 'ResourceNotFound', `The connection '${connectionId}' was not found.`);
  }
  return handle({ request, store, connectionId, groupId });
}

interface Context {
  readonly request: GraphRequest;
  readonly store: GroupStore;
  readonly connectionId: string;
  readonly groupId: string;
}

type Handler = (context: Context) => Answer;

const onGroups: { readonly [method: string]: Handler | undefined } = {
  POST: withBody(['id', 'displayName', 'description'], ({ store, connectionId }, body) => {
    const { id = '', displayName = null, description = null } = body;
    if (store.find(connectionId, id) !== undefined) {
      return refusal(409, 'NameAlreadyExists', `An external group with the id '${id}' already exists.`);
    }
    const group = { id, displayName, description };
    store.put(connectionId, group);
    return { status: 201, body: entity(connectionId, group), committed: true };
  }),
};

const onGroup: { readonly [method: string]: Handler | undefined } = {
  GET: existing(({ connectionId }, group) => ({ status: 200, body: entity(connectionId, group) })),
  PATCH: existing((context, group) =>
    withBody(['displayName', 'description'], ({ store, connectionId }, body) => {
      store.put(connectionId, { ...group, ...body });
      return { status: 204, committed: true };
    })(context),
  ),
  DELETE: existing(({ store, connectionId, groupId }) => {
    store.remove(connectionId, groupId);
    return { status: 204, committed: true };
  }),
};

function existing(handle: (context: Context, group: StoredGroup) => Answer): Handler {
  return (context) => {
    const group = context.store.find(context.connectionId, context.groupId);
    if (group === undefined) {
      return refusal(404, 'ResourceNotFound', `The external group '${context.groupId}' was not found.`);
    }
    return handle(context, group);
  };
}

function withBody(
  properties: readonly (keyof GroupBody)[],
  handle: (context: Context, body: GroupBody) => Answer,
): Handler {
  return (context) => {
    const contentType = context.request.headers['content-type'];
    if (contentType === undefined) {
      return refusal(400, 'BadRequest', 'Entity only allows writes with a JSON Content-Type header.');
    }
    if (!isJsonContentType(contentType)) {
      return refusal(415, 'UnsupportedMediaType', `The media type '${contentType}' is not supported.`);
    }
    const body = readGroupBody(context.request.body, properties);
    return isAnswer(body) ? body : handle(context, body);
  };
}

function entity(connectionId: string, { id, displayName, description }: StoredGroup): object {
  return {
    '@odata.context': `https://graph.microsoft.com/v1.0/$metadata#external/connections('${connectionId}')/groups/$entity`,
    id,
    displayName,
    description,
  };
}
