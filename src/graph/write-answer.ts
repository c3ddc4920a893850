import type { WriteAnswer } from '../groups/graph-write.ts';
import { describeError } from '../problems/adapter-error.ts';
import { callGraph, type NoAnswer } from './transport/no-answer.ts';
import type { ReadAnswer } from './transport/read-answer.ts';

/** What a response means that is neither a success nor specific to one operation. */
export type Failure = Exclude<WriteAnswer, { readonly kind: 'ok' | 'exists' }>;

/** Makes a call and interprets its response; never rejects. `read` returns null if the status alone says everything. */
export async function answerOf<A>(
  call: () => Promise<ReadAnswer>,
  read: (answer: ReadAnswer) => A | null,
): Promise<A | Failure> {
  const answer = await callGraph(call);
  return 'status' in answer ? (read(answer) ?? failureOf(answer)) : failureWithoutAnswer(answer);
}

/** By the status alone: texts and content types are not reliable. */
function failureOf({ status, graph, retryAfter }: ReadAnswer): Failure {
  if (status === 401 || status === 403) return { kind: 'denied', graph };
  if (status === 404) return { kind: 'absent', graph };
  if (status === 429) return { kind: 'not-begun', why: 'Graph asks to wait', graph, retryAfter };
  // In conflict with another request, or locked by one: not carried out now, and nothing that a sender could mend.
  if (status === 409 || status === 423)
    return { kind: 'not-begun', why: `Graph answered ${status}`, graph, retryAfter };
  // 408: Graph has given up waiting for something, and what became of the request is not known.
  if (status >= 400 && status < 500 && status !== 408) return { kind: 'refused', graph };
  const why = `Graph answered ${status}${status < 300 ? ' without what it should hold' : ''}`;
  return { kind: 'silent', why, graph, retryAfter };
}

function failureWithoutAnswer({ kind, why, retryAfter }: NoAnswer): Failure {
  return { kind: kind === 'lost' ? 'silent' : 'not-begun', why, graph: null, retryAfter };
}

/** The call could not even be made: a programming error, or a client that does not load. */
export function notBegun(thrown: unknown): Failure {
  return { kind: 'not-begun', why: describeError(thrown), graph: null, retryAfter: null };
}

/** 204, or a JSON object under another 2xx: a page from a proxy is not a success. */
export function isDone({ status, body }: ReadAnswer): boolean {
  return status === 204 || (status >= 200 && status < 300 && typeof body === 'object' && body !== null);
}

/** An answer to a creation that finds the group there: 409 is likely, though undocumented; PATCH is called next. */
export function isDuplicate(answer: ReadAnswer): boolean {
  return answer.status === 409 || saysThatItExists(answer);
}

/** `NameAlreadyExists` is the known code; it is documented neither for groups nor for members. */
export function saysThatItExists({ status, codes }: ReadAnswer): boolean {
  return status >= 400 && codes.some((code) => /alreadyexists$/i.test(code));
}
