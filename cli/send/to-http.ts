import { readRetryAfter } from '../../src/graph/transport/retry-after.ts';
import { Failure } from '../failure.ts';
import type { HttpTarget } from '../where/http-target.ts';
import type { Deliver, Delivered } from './deliver.ts';
import type { Creation, Fault } from './record.ts';
import { type Again, isAgain, withRetry } from './retry.ts';

const retry = { maxTries: 6, maxWait: 60 };

/** Milliseconds: an adapter that waits for Graph responds within its own deadline, at most 200 s. */
const answerWithin = 230_000;

const accepted = new Map([
  [200, 'unchanged'],
  [201, 'created'],
  [202, 'deferred'],
] as const);

/** Statuses that say nothing about the group: the same request may succeed later. */
const passing = new Set([408, 429, 500, 502, 503, 504]);

/** Sends over HTTP, one request per group. */
export function createHttpDelivery(target: HttpTarget, interrupted: AbortSignal): Deliver {
  return async (creation) => {
    const result = await withRetry<Delivered>(() => post(target, creation), { ...retry, interrupted });
    if (isAgain(result))
      throw new Failure(`The adapter at ${target.url} does not accept requests now: ${result.why}.`);
    return result;
  };
}

async function post(
  { url, functionKey }: HttpTarget,
  { connectionId, group }: Creation,
): Promise<Delivered | Again> {
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(`${url}/api/connections/${encodeURIComponent(connectionId)}/groups`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-functions-key': functionKey },
      body: JSON.stringify(group),
      redirect: 'error',
      signal: AbortSignal.timeout(answerWithin),
    });
    text = await answer.text();
  } catch {
    return { again: true, after: null, why: 'it cannot be reached' };
  }
  const as = accepted.get(answer.status as 200);
  if (as !== undefined) return { as };
  const problem = readProblem(text);
  const code = typeof problem.type === 'string' ? problem.type.replace('urn:problem-type:', '') : null;
  if (answer.status === 401 || (answer.status === 403 && code === null))
    throw new Failure(
      code === 'signature-invalid'
        ? `The adapter at ${url} requires signed requests (WEBHOOK_SECRETS); send with --to queue.`
        : `The adapter at ${url} refuses the function key.`,
    );
  // A response of the adapter about this group, whatever its status.
  if (code === 'graph-access-denied') return { faults: faultsOf(code, problem) };
  if (passing.has(answer.status)) {
    const after = readRetryAfter(answer.headers, Date.now());
    return { again: true, after, why: `it answers ${answer.status}${code === null ? '' : ` ${code}`}` };
  }
  if (code === null) throw new Failure(`There is no adapter at ${url}: it answers ${answer.status}.`);
  return { faults: faultsOf(code, problem) };
}

/** The adapter's own pointers if there are any, otherwise its sentence for the whole line. */
function faultsOf(code: string, { errors, detail }: Record<string, unknown>): Fault[] {
  const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
  if (!Array.isArray(errors) || errors.length === 0) return [{ code, pointer: '', detail: textOf(detail) }];
  return errors.map((error: unknown) => {
    const fault: Record<string, unknown> = typeof error === 'object' && error !== null ? { ...error } : {};
    return { code, pointer: textOf(fault.pointer), detail: textOf(fault.detail) };
  });
}

function readProblem(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
