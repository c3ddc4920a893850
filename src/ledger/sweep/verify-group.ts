import { sameContent } from '../../groups/external-group.ts';
import { propertiesOf } from '../../groups/group-properties.ts';
import { inTurns } from '../../shared/steps.ts';
import { within as timed } from '../../shared/within.ts';
import { storageWithin } from '../../storage/bounds.ts';
import type { Log } from '../../telemetry/telemetry.ts';
import { maxCall } from '../call-graph.ts';
import { commit } from '../commit.ts';
import { isComparable, repair } from '../core/drift.ts';
import { stateOf } from '../core/group-record.ts';
import { allPages } from '../core/page.ts';
import { pagesFor } from '../core/pages-to-read.ts';
import { recordInSteps } from '../core/record.ts';
import type { LedgerState, SealedState } from '../core/state.ts';
import type { StoredHead } from '../ledger-store.ts';
import type { LedgerPorts } from '../ports.ts';
import { fieldsOf } from '../report.ts';

export type Verified =
  /** Graph need not be asked about it. */
  | { readonly kind: 'not-asked' }
  /** Graph has returned it, and differences are being corrected; or it certainly does not exist. */
  | { readonly kind: 'read' }
  /** Graph has answered 404 for the first time. */
  | { readonly kind: 'missing' }
  /** The read failed. `retryAfter`: milliseconds that it asks to wait; null if it does not. */
  | { readonly kind: 'unread'; readonly retryAfter: number | null };

export interface VerifyOptions {
  /** The version of the head for which Graph has answered 404 before; null: it has not. */
  readonly missing: string | null;
  /** Storage time. */
  readonly now: () => number;
  readonly log: Log;
}

/** Reads one group back. Rejects if storage fails. */
export type VerifyGroup = (stored: StoredHead, options: VerifyOptions) => Promise<Verified>;

const within = storageWithin.queue;

export function createVerifyGroup(ports: LedgerPorts): VerifyGroup {
  const { store, graph, clock, context } = ports;

  /** If another writer was first, the next verification takes care of it. */
  async function writeWithLook(stored: StoredHead, state: SealedState): Promise<boolean> {
    return (await commit(ports, stored, state, { delay: 0, within: () => within })) !== null;
  }

  async function retry(stored: StoredHead, now: () => number): Promise<void> {
    const { head } = stored;
    const { connectionId, groupId } = head;
    const change = { kind: 'retry', connectionId, groupId } as const;
    const pages = await store.readPages(head, pagesFor(head, change), within);
    if (pages === null) return;
    const state: LedgerState = { head, pages };
    const recording = await inTurns(recordInSteps(state, change, now()), clock);
    if (recording.kind === 'changed') await writeWithLook(stored, recording.state);
  }

  async function writeAgain(
    stored: StoredHead,
    found: 'missing' | 'different',
    { now, log }: VerifyOptions,
  ): Promise<void> {
    const { head } = stored;
    const pages = await store.readPages(head, found === 'missing' ? allPages(head) : [], within);
    if (pages === null) return;
    const repaired = await inTurns(repair({ head, pages }, found, now()), clock);
    if (!(await writeWithLook(stored, repaired))) return;
    const change = found === 'missing' ? 'created' : 'updated';
    context.telemetry.event('ExternalGroupRepaired', { ...fieldsOf(head, 'queue'), change }, head.trace);
    log(
      'warn',
      `group ${head.groupId} of ${head.connectionId} is ${found} in Graph and will be written again`,
    );
  }

  return async function verifyGroup(stored, options) {
    const { head } = stored;
    if (stateOf(head) === 'failed') {
      await retry(stored, options.now);
      return { kind: 'not-asked' };
    }
    if (head.want.kind !== 'present' || !isComparable({ head })) return { kind: 'not-asked' };
    const { connectionId, groupId, want, trace } = head;
    const read = await timed(
      Math.min(context.callTimeout, maxCall),
      (signal) => graph.read(connectionId, groupId, { signal, trace, urgent: false }),
      clock,
    ).catch(() => null);
    if (read?.kind === 'ok' && read.group !== undefined) {
      const declared = { id: groupId, ...propertiesOf(want) };
      if (!sameContent({ ...read.group, id: groupId }, declared))
        await writeAgain(stored, 'different', options);
      return { kind: 'read' };
    }
    if (read?.kind === 'absent') {
      // Whatever has been written to the head since: the group was asked about, or is wanted otherwise.
      if (options.missing !== stored.etag) return { kind: 'missing' };
      await writeAgain(stored, 'missing', options);
      return { kind: 'read' };
    }
    const seconds = read !== null && 'retryAfter' in read ? read.retryAfter : null;
    return { kind: 'unread', retryAfter: seconds === null ? null : seconds * 1000 };
  };
}
