import { Webhook } from 'standardwebhooks';
import { readRetryAfter } from '../../src/graph/transport/retry-after.ts';
import { Failure } from '../failure.ts';
import { type Again, isAgain, withRetry } from '../send/retry.ts';
import type { HttpTarget } from '../where/http-target.ts';

export interface AdapterRequest {
  readonly method: 'GET' | 'PUT' | 'DELETE' | 'PATCH';
  /** Below the root, with its query. */
  readonly path: string;
  readonly body?: object;
  readonly prefer?: string;
}

/** What the adapter says, success or problem. */
export interface AdapterAnswer {
  readonly status: number;
  /** Of a problem: the end of its type. */
  readonly code: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Asks the adapter, patiently where it cannot answer now. Rejects with a sentence where there is none or the key is wrong. */
export type AskAdapter = (request: AdapterRequest) => Promise<AdapterAnswer>;

const retry = { maxTries: 6, maxWait: 60 };

/** Milliseconds: an adapter that waits for Graph answers within its own deadline, at most 200 s. */
const answerWithin = 230_000;

/** Statuses that say nothing about the group: the same request may do better later. */
const passing = new Set([408, 429, 500, 502, 503, 504]);

/** `secret`: of Standard Webhooks, where the adapter takes signed requests only. */
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
      throw new Failure(`The adapter at ${target.url} does not answer usably now: ${result.why}.`);
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
        ...(secret === null ? {} : sign(secret, content)),
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
  if (status === 401 || (status === 403 && code === null))
    throw new Failure(
      code === 'signature-invalid'
        ? `The adapter at ${url} takes signed requests only (WEBHOOK_SECRETS): name the variable that holds a secret with --signing-secret.`
        : `The adapter at ${url} refuses the function key.`,
    );
  if (passing.has(status) && code !== 'graph-access-denied') {
    const after = readRetryAfter(response.headers, Date.now());
    return { again: true, after, why: `it answers ${status}${code === null ? '' : ` ${code}`}` };
  }
  if (answered === null || (status >= 400 && code === null))
    throw new Failure(`There is no adapter with declared groups at ${url}: it answers ${status}.`);
  return { status, code, body: answered };
}

function sign(secret: string, content: string): Record<string, string> {
  const id = `cli_${crypto.randomUUID()}`;
  const at = new Date();
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, content),
  };
}

function readObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}
