import type { Done, Refusal, Unserved } from '../groups/graph-answer.ts';
import { attemptCall } from './transport/attempt-call.ts';
import type { GraphResponse } from './transport/read-response.ts';

type NotDone = Refusal | Unserved;

/**
 * Makes a call and interprets its response; never rejects. `read` returns null for a response that means nothing special to
 * the call: then the status alone decides.
 */
export async function answerOf<A extends Done | NotDone>(
  call: () => Promise<GraphResponse>,
  read: (response: GraphResponse) => A | null,
): Promise<A | NotDone> {
  const response = await attemptCall(call);
  return 'status' in response ? (read(response) ?? answerByStatus(response)) : response;
}

/** The ladder of statuses. Texts and content types are not reliable. */
export function answerByStatus({ status, graph, retryAfter }: GraphResponse): NotDone {
  if (status === 401 || status === 403) return { kind: 'denied', graph };
  if (status === 404) return { kind: 'absent', graph };
  if (status === 429) return { kind: 'throttled', why: 'Graph asks to wait', graph, retryAfter };
  // In conflict with another request, or locked by one: not carried out now, and nothing that a sender could mend.
  if (status === 409 || status === 423)
    return { kind: 'not-begun', why: `Graph answered ${status}`, graph, retryAfter };
  // 408: Graph has given up waiting for something, and what became of the request is not known.
  if (status >= 400 && status < 500 && status !== 408) return { kind: 'refused', graph };
  const why = `Graph answered ${status}${status < 300 ? ' without what it should hold' : ''}`;
  return { kind: 'silent', why, graph, retryAfter };
}

/** 204, or a JSON object under another 2xx: a page from a proxy is not a success. */
export function isDone({ status, body }: GraphResponse): boolean {
  return status === 204 || (status >= 200 && status < 300 && typeof body === 'object' && body !== null);
}

/** `NameAlreadyExists` is the known code; it is documented neither for groups nor for members. */
export function saysThatItExists({ status, codes }: GraphResponse): boolean {
  return status >= 400 && codes.some((code) => /alreadyexists$/i.test(code));
}
