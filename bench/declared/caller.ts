import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

export interface Member {
  readonly type: 'user';
  readonly id: string;
}

export interface RecordAnswer {
  readonly status: number;
  readonly record: { readonly state?: string; readonly members?: { readonly [state: string]: number } };
  /** Milliseconds until the response was complete. */
  readonly took: number;
}

export interface DeclaringCaller {
  /**
   * Sends a change, and once more after each 503, as that answer says that one may. It is answered once it is recorded;
   * `putAndWait`: once it is in Graph, or would take too long.
   */
  readonly put: (path: string, body: object) => Promise<RecordAnswer>;
  readonly putAndWait: (path: string, body: object) => Promise<RecordAnswer>;
  readonly remove: (path: string) => Promise<RecordAnswer>;
  /** How often a change was answered 503 since the last call. */
  readonly takeRefused: () => number;
  /**
   * Asks every so many milliseconds until nothing of the group is under way; gives up after ten minutes. `asked`: how
   * often it did, each time at the cost of one table request.
   */
  readonly rested: (groupId: string, every?: number) => Promise<RecordAnswer & { readonly asked: number }>;
}

interface Asked {
  readonly body?: object;
  readonly respondAsync?: boolean;
}

const patience = 600_000;
/** Sends of one change, at the most. */
const mostSends = 10;

export function createCaller(hostUrl: string, key: string): DeclaringCaller {
  const base = `${hostUrl}/api/connections/contosohr/groups`;
  let refused = 0;
  async function ask(method: string, path: string, asked: Asked = {}, sends = 1): Promise<RecordAnswer> {
    const { body, respondAsync = false } = asked;
    const startedAt = performance.now();
    const headers = {
      'x-functions-key': key,
      'content-type': 'application/json',
      ...(respondAsync ? { prefer: 'respond-async' } : {}),
    };
    const response = await fetch(`${base}/${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status === 503 && sends < mostSends) {
      refused += 1;
      return ask(method, path, asked, sends + 1);
    }
    if (response.status >= 300)
      throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
    return { status: response.status, record: JSON.parse(text), took: performance.now() - startedAt };
  }
  return {
    put: (path, body) => ask('PUT', path, { body, respondAsync: true }),
    putAndWait: (path, body) => ask('PUT', path, { body }),
    remove: (path) => ask('DELETE', path, { respondAsync: true }),
    takeRefused: () => {
      const taken = refused;
      refused = 0;
      return taken;
    },
    rested: async (groupId, every = 200) => {
      for (let asked = 1; asked * every <= patience; asked += 1) {
        const answer = await ask('GET', groupId);
        if (answer.record.state !== 'applying') return { ...answer, asked };
        await delay(every);
      }
      throw new Error(`${groupId} has not come to rest within ten minutes.`);
    },
  };
}

export function makeMembers(count: number): Member[] {
  return Array.from({ length: count }, () => ({ type: 'user', id: randomUUID() }));
}
