import { type Stack, type StackOptions, startStack } from '../../local/stack/stack.ts';
import { lastingPorts } from '../support/lasting-ports.ts';
import { takeAccount } from '../support/take-account.ts';
import { until } from '../support/until.ts';
import { undescribed } from './described-answers.ts';

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

export type GivenHeaders = Readonly<Record<string, string | undefined>>;

export interface PostOptions {
  readonly connection?: string;
  readonly headers?: GivenHeaders;
}

/** Queues are polled every 100 ms and failures come back soon: tests wait for conditions, not for the clock. */
export const impatient = {
  AzureFunctionsJobHost__extensions__queues__maxPollingInterval: '00:00:00.100',
  AzureFunctionsJobHost__extensions__queues__visibilityTimeout: '00:00:01',
};

export interface ClientOptions extends StackOptions {
  /** True for a test that stops storage or holds it up; otherwise it is an account of the shared Azurite. */
  readonly ownStorage?: boolean;
}

export async function startClient({
  env,
  ownStorage = false,
  ...options
}: ClientOptions = {}): Promise<Client> {
  const storage = ownStorage
    ? { ports: { azurite: await lastingPorts() } }
    : { azurite: await takeAccount() };
  const stack = await startStack({ ...storage, ...options, env: { ...impatient, ...env } });
  const url = () => stack.host?.url ?? '';
  const key = { 'x-functions-key': stack.functionKey };
  const get: Client['get'] = (path, headers = key) => send('GET', `${url()}${path}`, { headers });
  return {
    stack,
    get,
    post: (body, { connection = 'contosohr', headers = {} } = {}) =>
      send('POST', `${url()}/api/connections/${connection}/groups`, {
        body,
        headers: { ...key, 'content-type': 'application/json', ...headers },
      }),
    settled: (operationId) =>
      until(async () => {
        const { body } = await get(`/api/operations/${operationId}`);
        return body.status === 'succeeded' || body.status === 'failed' ? body : null;
      }),
    close: () => stack.close(),
  };
}

/** Sends text, bytes and streams as they are, anything else as JSON; every answer must be as the OpenAPI document says. */
export async function send(
  method: string,
  url: string,
  { body, headers }: { readonly body?: unknown; readonly headers: GivenHeaders },
): Promise<Reply> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream;
  const response = await fetch(url, {
    method,
    headers: Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
    ...(body instanceof ReadableStream ? { duplex: 'half' as const } : {}),
  });
  const answer = { status: response.status, headers: response.headers, text: await response.text() };
  const faults = undescribed(method, url, answer);
  if (faults.length > 0)
    throw new Error(`${method} ${new URL(url).pathname}: ${faults.join('; ')}: ${answer.text.slice(0, 500)}`);
  return { ...answer, body: answer.text === '' ? {} : JSON.parse(answer.text) };
}
