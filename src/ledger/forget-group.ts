import { storageWithin } from '../storage/bounds.ts';
import { withoutMembers } from './core/drift.ts';
import { type Head, sumOf } from './core/head.ts';
import { isLeased } from './core/lease.ts';
import { openUntil } from './core/progress.ts';
import type { LedgerStore } from './ledger-store.ts';

/** The result of forgetting a group; `why` is a clause without a full stop. */
export type Forgetting =
  | { readonly kind: 'forgotten' }
  /** The ledger has nothing about it. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly why: string };

type ForgetGroup = (connectionId: string, groupId: string) => Promise<Forgetting>;

const within = storageWithin.queue;

/**
 * Forgets what was recorded by mistake, where nothing of it is in Graph or may still get there. Its members are dropped
 * first. A change that is recorded in between wins: then nothing more is forgotten.
 */
export function createForgetGroup(store: Pick<LedgerStore, 'readHead' | 'write' | 'forget'>): ForgetGroup {
  return async function forgetGroup(connectionId, groupId) {
    const { stored, now } = await store.readHead(connectionId, groupId, within);
    if (stored === null) return { kind: 'unknown' };
    const { head } = stored;
    const why = whyKept(head, now());
    if (why !== null) return { kind: 'refused', why };
    const hasPages = sumOf(head, 'bytes') > 0;
    const emptied = hasPages
      ? await store.write(stored, withoutMembers({ head, pages: new Map() }, now()), within)
      : stored;
    const isForgotten = emptied !== null && (await store.forget(emptied, within));
    return isForgotten ? { kind: 'forgotten' } : { kind: 'refused', why: 'it has just changed' };
  };
}

function whyKept(head: Head, now: number): string | null {
  if (head.want.kind === 'gone')
    return 'it is declared as deleted, and will be forgotten after 30 days without this command';
  if (head.seen) return 'Graph has the group: delete it first';
  const members = sumOf(head, 'applied');
  if (members > 0) return `Graph has ${members} of its members: remove them first`;
  if (isLeased(head, now)) return 'the adapter is working on it';
  const until = openUntil(head);
  if (until > now) return `a write may still take effect until ${new Date(until).toISOString()}`;
  return null;
}
