import { createSend } from '../../src/deferral/queue.ts';
import { createOperations } from '../../src/operations/operations.ts';
import type { Context } from '../context.ts';
import { giveBackAll, leasePages } from '../dead-letters/browse.ts';
import type { LeasedMessage } from '../dead-letters/dead-letter-queue.ts';
import { type Letter, readLetter } from '../dead-letters/letter.ts';
import { createMarker } from '../dead-letters/mark.ts';
import {
  createRedriveLetter,
  type RedriveLetter,
  type RedriveResult,
} from '../dead-letters/redrive-letter.ts';
import { closing, confirmRedrive, reportOn, type Tried } from '../dead-letters/redrive-words.ts';
import { enterRoom, type LetterOptions, noteHidden, type Room } from '../dead-letters/room.ts';
import { isNamed, isSelected, type Selection } from '../dead-letters/selection.ts';
import { eachLimited } from '../each-limited.ts';
import { type ExitCode, exitCodes, Failure, usageFailure } from '../failure.ts';
import { createReadDelivery } from '../operations/shown-delivery.ts';
import { startProgress } from '../terminal/progress.ts';

export interface RedriveOptions extends LetterOptions, Selection {
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly max: number;
}

type Chosen = { readonly letter: Letter; readonly leased: LeasedMessage };

/** Letters in work at a time. */
const atOnce = 8;

/** `dead-letters redrive`: puts the messages of dead letters back on the work queue. */
export async function redriveDeadLetters(
  ids: readonly string[],
  options: RedriveOptions,
  context: Context,
): Promise<ExitCode> {
  const { console, interrupted } = context;
  const selection: Selection = { ...options, ids };
  requireSelection(selection, options);
  const room = enterRoom(options, context);
  const leased = new Map<string, LeasedMessage>();
  try {
    const { chosen, seen, more } = await choose(room, leased, selection, options.max);
    const missing = ids.filter((id) => !chosen.some(({ letter }) => isNamed(letter, id)));
    if (missing.length > 0) await noteHidden(room, seen, context);
    if (missing.length > 0)
      throw new Failure(`No dead letter has the id ${missing.join(', ')}; nothing was redriven.`);
    if (
      !interrupted.aborted &&
      (await confirmRedrive(
        chosen.map(({ letter }) => letter),
        room,
        options,
        ids,
        console,
      ))
    ) {
      const redrive: RedriveLetter = options.dryRun
        ? async (letter) => plan(letter)
        : redriveWith(room, options, context);
      const tried = await redriveAll(chosen, leased, redrive, context);
      await reportOn(tried, { dryRun: options.dryRun === true, more, target: room.target }, console);
      if (!more && chosen.length === 0) await noteHidden(room, seen, context);
      if (interrupted.aborted) console.note('Interrupted: the rest is where it was.');
      return closing(tried, interrupted.aborted);
    }
    console.note('Nothing was redriven.');
    return exitCodes.failed;
  } finally {
    await giveBackAll(room.queue, leased);
  }
}

function requireSelection(
  { ids = [], code, connection, operation }: Selection,
  { all }: RedriveOptions,
): void {
  const narrowed = ids.length > 0 || [code, connection, operation].some((filter) => filter !== undefined);
  if (!narrowed && all !== true)
    throw usageFailure(
      'Say which: ids, --code, --connection or --operation; or --all for every dead letter.',
    );
  if (ids.length > 0 && all === true) throw usageFailure('Give ids or --all, not both.');
}

async function choose(
  room: Room,
  leased: Map<string, LeasedMessage>,
  selection: Selection,
  max: number,
): Promise<{ chosen: Chosen[]; seen: number; more: boolean }> {
  const chosen: Chosen[] = [];
  for await (const message of leasePages(room.queue, leased, room.browsing)) {
    const letter = readLetter(message, room.browsing.readMessage);
    if (!isSelected(letter, selection)) continue;
    if (chosen.length === max) return { chosen, seen: leased.size, more: true };
    chosen.push({ letter, leased: message });
  }
  return { chosen, seen: leased.size, more: false };
}

async function redriveAll(
  chosen: readonly Chosen[],
  leased: Map<string, LeasedMessage>,
  redrive: RedriveLetter,
  { console, interrupted }: Context,
): Promise<Tried[]> {
  const tried: Tried[] = [];
  const facts = () => ({ tried: `${tried.length} of ${chosen.length}` });
  const progress = startProgress(console, chosen.length, facts());
  try {
    await eachLimited(chosen, atOnce, async ({ letter, leased: message }) => {
      if (interrupted.aborted) return;
      const result = await redrive(letter, message);
      tried.push({ letter, ...result });
      // Gone, so there is nothing to give back.
      if (result.result === 'redriven' || result.result === 'finished') leased.delete(message.messageId);
      progress.update(tried.length, facts());
    });
  } finally {
    progress.stop();
  }
  return tried;
}

function redriveWith({ queue, target }: Room, { lease }: RedriveOptions, { now }: Context): RedriveLetter {
  return createRedriveLetter({
    queue,
    send: createSend(target.setting, target.credentialFor),
    operations: createOperations(target.setting, target.credentialFor),
    readDelivery: createReadDelivery(target),
    markFor: createMarker(now),
    lease,
  });
}

function plan({ revival }: Letter): RedriveResult {
  return 'obstacle' in revival ? { result: 'refused', reason: revival.obstacle } : { result: 'planned' };
}
