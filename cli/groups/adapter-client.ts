import { readRetryAfter } from '../../src/graph/transport/retry-after.ts';
import { Failure } from '../failure.ts';
import { type Again, isAgain, withRetry } from '../send/retry.ts';
import { signBody } from '../send/sign.ts';
import type { HttpTarget } from '../where/http-target.ts';

export interface AdapterRequest {
  readonly method: 'GET' | 'PUT' | 'PATCH' | 'DELETE' | 'POST';
  /** Relative to the root, with the query. */
  readonly path: string;
  readonly body?: object;
  readonly prefer?: string;
}

/** The adapter's response, success or problem. */
export interface AdapterAnswer {
  readonly status: number;
  /** The problem's code: the end of its type. */
  readonly code: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Sends a request to the adapter, with retries. Rejects with a sentence if there is no adapter or the key is wrong. */
export type AskAdapter = (request: AdapterRequest) => Promise<AdapterAnswer>;

const retry = { maxTries: 6, maxWait: 60 };

/** Milliseconds: an adapter that waits for Graph responds within its own deadline, at most 200 s. */
const answerWithin = 230_000;

/** Statuses that say nothing about the group: the same request may succeed later. */
const passing = new Set([408, 429, 500, 502, 503, 504]);

/** `secret`: a Standard Webhooks secret with which bodies are signed; null: nothing is. */
export function createAskAdapter(
  target: HttpTarget,
  secret: string | null,
  interrupted: AbortSignal,
): AskAdapter {
  return async (request) => {
    const result = await withRetry<AdapterAnswer>(() => ask(target, secret, request), {
      ...retry,
      interrupted,
    });
    if (isAgain(result))
      throw new Failure(`The adapter at ${target.url} does not respond usably now: ${result.why}.`);
    return result;
  };
}

async function ask(
  { url, functionKey }: HttpTarget,
  secret: string | null,
  { method, path, body, prefer }: AdapterRequest,
): Promise<AdapterAnswer | Again> {
  const content = body === undefined ? '' : JSON.stringify(body);
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${url}${path}`, {
      method,
      headers: {
        'x-functions-key': functionKey,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(prefer === undefined ? {} : { prefer }),
        ...(secret === null || body === undefined ? {} : signBody(secret, content)),
      },
      ...(body === undefined ? {} : { body: content }),
      redirect: 'error',
      signal: AbortSignal.timeout(answerWithin),
    });
    text = await response.text();
  } catch {
    return { again: true, after: null, why: 'it cannot be reached' };
  }
  const { status } = response;
  const answered = readObject(text);
  const type = answered?.type;
  const code = typeof type === 'string' && status >= 400 ? type.replace('urn:problem-type:', '') : null;
  if (code === 'signature-invalid' || code === 'signed-changes-only')
    throw new Failure(
      secret === null
        ? `The adapter at ${url} requires signed changes (WEBHOOK_SECRETS): use --signing-secret to name the variable that holds a secret.`
        : `The adapter at ${url} refuses the signature: the secret is not valid for this connection, or the clocks differ.`,
    );
  if (status === 401 || (status === 403 && code === null))
    throw new Failure(`The adapter at ${url} refuses the function key.`);
  if (passing.has(status) && code !== 'graph-access-denied') {
    const after = readRetryAfter(response.headers, Date.now());
    return { again: true, after, why: `it answers ${status}${code === null ? '' : ` ${code}`}` };
  }
  if (answered === null || (status >= 400 && code === null))
    throw new Failure(`There is no adapter with declared groups at ${url}: it answers ${status}.`);
  return { status, code, body: answered };
}

function readObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}
