import { eachLimited } from '../../src/shared/each-limited.ts';
import { type DeadLetterQueue, type LeasedMessage, pageSize, type SeenMessage } from './dead-letter-queue.ts';
import { type Letter, readLetter } from './letter.ts';
import type { Readers } from './readers.ts';

/** How many messages are released at a time. */
const atOnce = 16;

export interface BrowseOptions {
  readonly readers: Readers;
  /** Seconds that letters are hidden from others while they are read. */
  readonly lease: number;
  readonly interrupted: AbortSignal;
}

/**
 * Reads the dead letters without changing them. Up to 31 are peeked at; storage cannot peek any further, so more are
 * leased page by page and all released at the end. If interrupted, the leases expire.
 */
export async function* browse(queue: DeadLetterQueue, options: BrowseOptions): AsyncGenerator<Letter> {
  const read = (seen: SeenMessage) => readLetter(seen, options.readers);
  const first = await queue.peek();
  if (first.length < pageSize) {
    yield* first.map(read);
    return;
  }
  const leased = new Map<string, LeasedMessage>();
  try {
    for await (const message of leasePages(queue, leased, options)) yield read(message);
  } finally {
    await releaseAll(queue, leased);
  }
}

/** Leases every letter in turn and adds it to `leased`; ends when the first ones come around again. */
export async function* leasePages(
  queue: DeadLetterQueue,
  leased: Map<string, LeasedMessage>,
  { lease, interrupted }: Pick<BrowseOptions, 'lease' | 'interrupted'>,
): AsyncGenerator<LeasedMessage> {
  while (!interrupted.aborted) {
    const page = await queue.lease(lease);
    const fresh = page.filter(({ messageId }) => !leased.has(messageId));
    for (const message of page) leased.set(message.messageId, message);
    yield* fresh;
    if (fresh.length === 0) return;
  }
}

/** Letters that cannot be released become visible when their lease ends. */
export async function releaseAll(
  queue: DeadLetterQueue,
  leased: ReadonlyMap<string, LeasedMessage>,
): Promise<void> {
  await eachLimited(leased.values(), atOnce, (message) => queue.giveBack(message).catch(() => undefined));
}
