import { type Stack, type StackOptions, startStack } from '../../local/stack/stack.ts';
import { until } from '../support/until.ts';

export const example = {
  id: '31bea3d537902000',
  displayName: 'Contoso Marketing',
  description: 'The product marketing team',
};

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** The running stack, with a caller's access to it. */
export interface Client {
  readonly stack: Stack;
  readonly post: (body: unknown, options?: PostOptions) => Promise<Reply>;
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Reply>;
  /** Polls until the operation is final, as a caller would. */
  readonly settled: (operationId: unknown) => Promise<Record<string, unknown>>;
  readonly close: () => Promise<void>;
}

export interface PostOptions {
  readonly connection?: string;
  readonly headers?: Record<string, string | undefined>;
}

/** Queues are polled every 100 ms and failures come back soon: tests wait for conditions, not for the clock. */
const impatient = {
  AzureFunctionsJobHost__extensions__queues__maxPollingInterval: '00:00:00.100',
  AzureFunctionsJobHost__extensions__queues__visibilityTimeout: '00:00:01',
};

export async function startClient({ env, ...options }: StackOptions = {}): Promise<Client> {
  const stack = await startStack({ ...options, env: { ...impatient, ...env } });
  const url = () => stack.host?.url ?? '';
  const key = { 'x-functions-key': stack.functionKey };
  const get = async (path: string, headers: Record<string, string> = key) =>
    reply(await fetch(`${url()}${path}`, { headers }));
  return {
    stack,
    get,
    post: async (body, { connection = 'contosohr', headers = {} } = {}) => {
      const all = { ...key, 'content-type': 'application/json', ...headers };
      const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
      const raw = typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream;
      const init = { method: 'POST', headers: given, body: raw ? body : JSON.stringify(body) };
      const streaming = body instanceof ReadableStream ? { duplex: 'half' as const } : {};
      return reply(await fetch(`${url()}/api/connections/${connection}/groups`, { ...init, ...streaming }));
    },
    settled: (operationId) =>
      until(async () => {
        const { body } = await get(`/api/operations/${operationId}`);
        return body.status === 'succeeded' || body.status === 'failed' ? body : null;
      }),
    close: () => stack.close(),
  };
}

async function reply(response: Response): Promise<Reply> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
}
