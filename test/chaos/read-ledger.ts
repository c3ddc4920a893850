import { setTimeout as pause } from 'node:timers/promises';
import type { Stack } from '../../local/stack/stack.ts';

/** A declared group as the GET routes show it. */
export interface LedgerGroup {
  readonly connectionId: string;
  readonly id: string;
  readonly displayName: string | null;
  readonly description: string | null;
  readonly deleted: boolean;
  readonly state: string;
  readonly error?: { readonly type: string };
  /** Ids of the wanted members, sorted. */
  readonly wanted: readonly string[];
}

/** Milliseconds after which a page that cannot be read fails the run. */
const longest = 180_000;

/** All declared groups of these connections with their members, through the GET routes, page by page. */
export async function readLedger(stack: Stack, connections: readonly string[]): Promise<LedgerGroup[]> {
  const found: LedgerGroup[] = [];
  for (const connectionId of connections) {
    const path = `/api/connections/${connectionId}/groups`;
    const groups = await allPages<Omit<LedgerGroup, 'wanted'>>(stack, path, 'groups');
    for (const group of groups) {
      const members = await allPages<{ id: string; wanted: boolean }>(
        stack,
        `${path}/${group.id}/members`,
        'members',
      );
      const wanted = members.filter((member) => member.wanted).map(({ id }) => id);
      found.push({ ...group, wanted: wanted.sort() });
    }
  }
  return found;
}

async function allPages<T>(stack: Stack, path: string, list: string): Promise<T[]> {
  const found: T[] = [];
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const query = cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`;
    const page = await readPage(stack, `${path}${query}`);
    found.push(...(page[list] as T[]));
    cursor = page.next;
  }
  return found;
}

/** If storage is slow for a moment, the request is repeated. */
async function readPage(stack: Stack, path: string): Promise<Record<string, unknown> & { next?: string }> {
  const signal = AbortSignal.timeout(longest);
  for (;;) {
    const response = await fetch(`${stack.host?.url}${path}`, {
      headers: { 'x-functions-key': stack.functionKey },
      signal,
    });
    if (response.ok) return (await response.json()) as Record<string, unknown> & { next?: string };
    if (response.status !== 503) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    await response.text();
    await pause(500, undefined, { signal });
  }
}
