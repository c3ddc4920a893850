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
  if (status >= 400 && status < 500) return { kind: 'refused', graph };
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

/** 409 is likely, `NameAlreadyExists` is the known code; neither is documented for groups and members. */
export function isDuplicate({ status, codes }: ReadAnswer): boolean {
  return status === 409 || (status >= 400 && codes.some((code) => /alreadyexists$/i.test(code)));
}
