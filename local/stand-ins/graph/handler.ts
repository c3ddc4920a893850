import { type Answer, refusal } from './answer.ts';
import type { GraphRequest } from './graph-request.ts';
import type { GroupStore, StoredGroup } from './group-store.ts';
import { type JsonBody, readJsonBody } from './json-body.ts';

/** A request to a connection that Graph knows. */
export interface Context {
  readonly request: GraphRequest;
  readonly store: GroupStore;
  readonly connectionId: string;
  /** Empty if the path names none. */
  readonly groupId: string;
  readonly memberId: string;
}

type Handler = (context: Context) => Answer;

/** One resource: its methods. */
export type Resource = { readonly [method: string]: Handler | undefined };

/** Answers 404 if the group in the path does not exist, or is hidden. */
export function withGroup(handle: (context: Context, group: StoredGroup) => Answer): Handler {
  return (context) => {
    const group = context.store.find(context.connectionId, context.groupId);
    if (group === undefined) {
      return refusal(404, 'ResourceNotFound', `The external group '${context.groupId}' was not found.`);
    }
    return handle(context, group);
  };
}

/** Answers as Graph does to a body that is not a JSON object, or not declared as JSON. */
export function withJson(handle: (context: Context, body: JsonBody) => Answer): Handler {
  return (context) => {
    const body = readJsonBody(context.request);
    return 'refused' in body ? body.refused : handle(context, body);
  };
}
