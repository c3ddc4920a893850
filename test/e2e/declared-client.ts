import { randomBytes } from 'node:crypto';
import { until } from '../support/until.ts';
import {
  type Client,
  type ClientOptions,
  type GivenHeaders,
  type Reply,
  send,
  startClient,
} from './client.ts';

export interface DeclaredClient extends Client {
  /** `POST /api/changes`. */
  readonly change: (body: unknown, headers?: GivenHeaders) => Promise<Reply>;
  /** A request below `/api/connections/contosohr/groups`, with the function key by default. */
  readonly ask: (method: string, path: string, body?: unknown, headers?: GivenHeaders) => Promise<Reply>;
  /** Polls until the record is as expected. */
  readonly record: (groupId: string, state: string) => Promise<Record<string, unknown>>;
  /** Ids of the members that the stand-in has; null: there is no such group. */
  readonly inGraph: (groupId: string) => readonly string[] | null;
}

export function user(number: number) {
  return { type: 'user', id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}` } as const;
}

export function users(count: number, from = 1) {
  return Array.from({ length: count }, (_, index) => user(from + index));
}

/** An id used by no other test of this run. */
export function freshId(): string {
  return `g${randomBytes(6).toString('hex')}`;
}

export async function startDeclaredClient(options: ClientOptions = {}): Promise<DeclaredClient> {
  const client = await startClient(options);
  const { stack } = client;
  const ask: DeclaredClient['ask'] = (method, path, body, headers = {}) => {
    const all = {
      'x-functions-key': stack.functionKey,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    };
    return send(method, `${stack.host?.url}/api/${path}`, { body, headers: all });
  };
  return {
    ...client,
    change: (body, headers) => ask('POST', 'changes', body, headers),
    ask: (method, path, body, headers) => ask(method, `connections/contosohr/groups${path}`, body, headers),
    record: (groupId, state) =>
      until(async () => {
        const { body } = await ask('GET', `connections/contosohr/groups/${groupId}`);
        return body.state === state && body;
      }),
    inGraph: (groupId) =>
      stack.graph
        .groups()
        .find(({ id }) => id === groupId)
        ?.members.map(({ id }) => id)
        .sort() ?? null,
  };
}
