import { randomBytes } from 'node:crypto';
import type { StackOptions } from '../../local/stack/stack.ts';
import { until } from '../support/until.ts';
import { type Client, type Reply, startClient } from './client.ts';

export interface DeclaredClient extends Client {
  /** `POST /api/changes`. */
  readonly change: (body: unknown, headers?: Headers_) => Promise<Reply>;
  /** A request below `/api/connections/contosohr/groups`, with the function key by default. */
  readonly ask: (method: string, path: string, body?: unknown, headers?: Headers_) => Promise<Reply>;
  /** Polls until the record is as expected. */
  readonly record: (groupId: string, state: string) => Promise<Record<string, unknown>>;
  /** Ids of the members that the stand-in has; null: there is no such group. */
  readonly inGraph: (groupId: string) => readonly string[] | null;
}

type Headers_ = Readonly<Record<string, string | undefined>>;

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

export async function startDeclaredClient(options: StackOptions = {}): Promise<DeclaredClient> {
  const client = await startClient(options);
  const { stack } = client;
  const ask: DeclaredClient['ask'] = async (method, path, body, headers = {}) => {
    const all = {
      'x-functions-key': stack.functionKey,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    };
    const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const isRaw = typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream;
    const response = await fetch(`${stack.host?.url}/api/${path}`, {
      method,
      headers: given,
      ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
      ...(body instanceof ReadableStream ? { duplex: 'half' as const } : {}),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
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
