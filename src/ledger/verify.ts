import { isConnectionId } from '../groups/connection-id.ts';
import { sameContent } from '../groups/external-group.ts';
import { describeError } from '../problems/adapter-error.ts';
import { decodeMessage, toBytes } from '../queue/message-text.ts';
import { within as timed } from '../shared/within.ts';
import { storageWithin } from '../storage/bounds.ts';
import type { Log } from '../telemetry/log.ts';
import { maxCall } from './call-graph.ts';
import { withLook } from './commit.ts';
import type { LedgerState } from './core/draft.ts';
import { headRow, partitionDigits, partitionOf } from './core/keys.ts';
import { allPages } from './core/page.ts';
import { pagesFor } from './core/pages-to-read.ts';
import { record } from './core/record.ts';
import { isComparable, repair } from './core/repair.ts';
import { timing } from './core/timing.ts';
import { stateOf } from './core/to-record.ts';
import type { StoredHead } from './ledger-store.ts';
import type { DeclarationPorts } from './ports.ts';
import { fieldsOf } from './report.ts';

/** One step of a verification: where in the ledger of a connection it continues. */
export interface VerifyMessage {
  readonly connectionId: string;
  readonly partition: number;
  /** Row key of the last verified head; absent: the beginning of the partition. */
  readonly after?: string;
}

/** Narrows a message on the queue of verifications; null: it is not one of the adapter's own. */
export function readVerifyMessage(payload: unknown): VerifyMessage | null {
  // The host passes text on unchanged (`messageEncoding` is `none`): JSON, or base64 of it.
  const { json } = decodeMessage(toBytes(payload));
  const value = json.ok ? json.value : null;
  if (typeof value !== 'object' || value === null) return null;
  const { connectionId, partition, after } = value as Partial<Record<keyof VerifyMessage, unknown>>;
  if (typeof connectionId !== 'string' || !isConnectionId(connectionId)) return null;
  if (typeof partition !== 'number' || !Number.isInteger(partition) || partition < 0) return null;
  if (after === undefined) return { connectionId, partition };
  return typeof after === 'string' && /^g\.[a-z0-9_-]{1,128}$/.test(after)
    ? { connectionId, partition, after }
    : null;
}

/** `delay` in milliseconds. */
export type SendVerify = (message: VerifyMessage, delay: number, within: number) => Promise<void>;

export interface Verify {
  /** Starts a verification of every connection. */
  readonly begin: () => Promise<void>;
  /** Verifies some groups, and sends the next step; a failed step is sent again a minute later. */
  readonly step: (message: unknown, options: { readonly log: Log }) => Promise<void>;
  /**
   * Resends a step from the poison queue: repeating it is harmless, and without it the rest of its connection would stay
   * unverified. Rejects if it cannot be sent.
   */
  readonly resume: (message: unknown, options: { readonly log: Log }) => Promise<void>;
}

/** Groups per step: at a tenth of a second per call it takes some ten seconds. */
const groupsAtOnce = 500;
/** Concurrent calls per connection, so that the verification leaves room for changes. */
const inFlight = 5;
const unreadable = 'a message on the queue of verifications cannot be read';
/**
 * Milliseconds after which a step begins no further group: where Graph is silent, each takes as long as a call may, and
 * the host ends an invocation after five minutes (`functionTimeout`).
 */
const beginWithin = 120_000;
/** Milliseconds until a failed step is tried again. */
const again = 60_000;
const within = storageWithin.queue;

/**
 * Reads every declared group back and undoes changes made by others. Members cannot be read back: if the group is missing
 * they are added again with it. The messages form a chain, so that it continues if an instance ends.
 */
export function createVerify(
  ports: DeclarationPorts,
  send: SendVerify,
  isAllowed: (connectionId: string) => boolean,
): Verify {
  const { store, graph, looks, clock, conduct } = ports;

  async function verifyGroup(stored: StoredHead, now: () => number, log: Log): Promise<void> {
    const { head } = stored;
    if (stateOf(head) === 'failed') return retry(stored, now);
    if (head.want.kind !== 'present' || !isComparable({ head })) return;
    const { connectionId, groupId, want, trace } = head;
    const read = await timed(
      Math.min(conduct.callTimeout, maxCall),
      (signal) => graph.read(connectionId, groupId, { signal, trace, urgent: false }),
      clock,
    );
    const declared = { id: groupId, displayName: want.displayName, description: want.description };
    const isSame = read.kind === 'present' && sameContent({ ...read.group, id: groupId }, declared);
    if (isSame || (read.kind !== 'present' && read.kind !== 'absent')) return;
    const found = read.kind === 'absent' ? 'missing' : 'different';
    const pages = await store.readPages(head, found === 'missing' ? allPages(head) : [], within);
    if (pages === null) return;
    const isWritten = await writeWithLook(stored, (time) => repair({ head, pages }, found, time), now);
    if (!isWritten) return;
    const change = found === 'missing' ? 'created' : 'updated';
    conduct.telemetry.event('ExternalGroupRepaired', { ...fieldsOf(head, 'queue'), change }, trace);
    log('warn', `group ${groupId} of ${connectionId} is ${found} in Graph and is written again`);
  }

  async function retry(stored: StoredHead, now: () => number): Promise<void> {
    const { head } = stored;
    const { connectionId, groupId } = head;
    const change = { kind: 'retry', connectionId, groupId } as const;
    const pages = await store.readPages(head, pagesFor(head, change), within);
    if (pages === null) return;
    const state: LedgerState = { head, pages };
    await writeWithLook(
      stored,
      (time) => {
        const recording = record(state, change, time);
        return recording.kind === 'changed' ? recording.state : null;
      },
      now,
    );
  }

  /** If somebody else has written in between, the next verification will take care of it. */
  async function writeWithLook(
    stored: StoredHead,
    change: (now: number) => ReturnType<typeof repair> | null,
    now: () => number,
  ): Promise<boolean> {
    const { connectionId, groupId, look } = stored.head;
    const state = change(now());
    if (state === null) return false;
    const sentAt = clock.monotonic();
    await looks.send({ connectionId, groupId, look: look + 1 }, 0, within);
    // A look that nothing in the ledger names is dropped in time; the next verification comes all the same.
    if (clock.monotonic() - sentAt > timing.fresh) return false;
    return (await store.write(stored, withLook(state, look + 1), within)) !== null;
  }

  async function verifyPage({ connectionId, partition, after }: VerifyMessage, log: Log): Promise<void> {
    const digit = partitionDigits[partition];
    if (digit === undefined) return;
    const from = { after: after ?? null, most: groupsAtOnce };
    const { heads, last, now } = await store.listHeads(partitionOf(connectionId, digit), from, within);
    const beginUntil = clock.monotonic() + beginWithin;
    const waiting = heads.values();
    let begun = 0;
    const worker = async () => {
      for (const stored of waiting) {
        begun += 1;
        await verifyGroup(stored, now, log).catch((thrown: unknown) => {
          log(
            'warn',
            `group ${stored.head.groupId} of ${connectionId} not verified: ${describeError(thrown)}`,
          );
        });
        if (clock.monotonic() >= beginUntil) return;
      }
    };
    await Promise.all(Array.from({ length: inFlight }, worker));
    const { head } = heads[begun - 1] ?? {};
    if (head !== undefined && begun < heads.length)
      await send({ connectionId, partition, after: headRow(head.groupId) }, 0, within);
    else if (last !== null) await send({ connectionId, partition, after: last }, 0, within);
    else if (partition + 1 < partitionDigits.length)
      await send({ connectionId, partition: partition + 1 }, 0, within);
  }

  return {
    begin: async function beginVerification() {
      for (const connectionId of await store.listConnections(within))
        if (isAllowed(connectionId)) await send({ connectionId, partition: 0 }, 0, within);
    },
    step: async function verifyStep(value, { log }) {
      const message = readVerifyMessage(value);
      if (message === null) return log('error', unreadable);
      try {
        await verifyPage(message, log);
      } catch (thrown) {
        log('warn', `verification of ${message.connectionId} goes on later: ${describeError(thrown)}`);
        await send(message, again, within);
      }
    },
    resume: async function resumeVerification(value, { log }) {
      const message = readVerifyMessage(value);
      if (message === null) return log('error', unreadable);
      log('warn', `the verification of ${message.connectionId} was interrupted again and again and goes on`);
      await send(message, again, within);
    },
  };
}
