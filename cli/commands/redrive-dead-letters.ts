import { createOperations } from '../../src/creations/operations/operations.ts';
import { createQueueSender } from '../../src/storage/queues.ts';
import type { Context } from '../context.ts';
import { releaseAll } from '../dead-letters/browse.ts';
import { chooseLetters } from '../dead-letters/choose-letters.ts';
import type { LeasedMessage } from '../dead-letters/dead-letter-queue.ts';
import type { Letter } from '../dead-letters/letter.ts';
import { createMarker } from '../dead-letters/marker.ts';
import {
  createRedriveLetter,
  type RedriveLetter,
  type RedriveResult,
} from '../dead-letters/redrive-letter.ts';
import { redriveLetters } from '../dead-letters/redrive-many.ts';
import { closing, confirmRedrive, reportOn } from '../dead-letters/redrive-report.ts';
import { refusalOf } from '../dead-letters/revival.ts';
import type { Selection } from '../dead-letters/selection.ts';
import { type LetterOptions, openSession, type Session } from '../dead-letters/session.ts';
import { type ExitCode, exitCodes, usageFailure } from '../failure.ts';

export interface RedriveOptions extends LetterOptions, Selection {
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly max: number;
}

/** `dead-letters redrive`: sends the messages of dead letters back to their queue. */
export async function redriveDeadLetters(
  ids: readonly string[],
  options: RedriveOptions,
  context: Context,
): Promise<ExitCode> {
  const { console, interrupted } = context;
  const selection: Selection = { ...options, ids };
  requireSelection(selection, options);
  const session = openSession(options, context);
  const leased = new Map<string, LeasedMessage>();
  try {
    const choice = { max: options.max, action: 'redriven' } as const;
    const chosen = await chooseLetters(session, leased, selection, choice, context);
    const letters = chosen.letters.map(({ letter }) => letter);
    if (!(await confirmRedrive(letters, session, { ...options, named: ids.length > 0 }, console))) {
      console.note('Nothing was redriven.');
      return exitCodes.failed;
    }
    const redrive = options.dryRun ? plan : redriveWith(session, options, context);
    const tried = await redriveLetters(chosen, leased, redrive, context);
    const report = { dryRun: options.dryRun === true, more: chosen.more, target: session.target };
    await reportOn(tried, report, console);
    if (interrupted.aborted) console.note('Interrupted: the rest is unchanged.');
    return closing(tried, { named: ids.length > 0, interrupted: interrupted.aborted });
  } finally {
    await releaseAll(session.queue, leased);
  }
}

function requireSelection(
  { ids = [], code, connection, operation }: Selection,
  { all }: RedriveOptions,
): void {
  const narrowed = ids.length > 0 || [code, connection, operation].some((filter) => filter !== undefined);
  if (!narrowed && all !== true)
    throw usageFailure('Specify ids, --code, --connection or --operation; or --all for every dead letter.');
  if (ids.length > 0 && all === true) throw usageFailure('Use ids or --all, not both.');
}

function redriveWith({ queue, target }: Session, { lease }: RedriveOptions, { now }: Context): RedriveLetter {
  return createRedriveLetter({
    queue,
    send: createQueueSender(target.setting, target.credentialFor).send,
    operations: createOperations(target.setting, target.credentialFor),
    markFor: createMarker(now),
    lease,
  });
}

async function plan({ revival }: Letter): Promise<RedriveResult> {
  return 'obstacle' in revival ? refusalOf(revival) : { result: 'planned' };
}
