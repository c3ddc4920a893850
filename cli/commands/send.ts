import { createHash } from 'node:crypto';
import type { IdCharacters } from '../../src/groups/external-group.ts';
import { createValidation } from '../../src/groups/validation.ts';
import type { Context } from '../context.ts';
import { explainError } from '../explain-error.ts';
import { type ExitCode, exitCodes, Failure, usageFailure } from '../failure.ts';
import { type DestinationOptions, findDestination } from '../send/destination.ts';
import { openInput, recogniseInput, sizeOf } from '../send/input.ts';
import { asOneLine, sendLines } from '../send/pipeline.ts';
import {
  type Checkpoint,
  progressPath,
  readCheckpoint,
  removeCheckpoint,
  verifyInput,
  writeCheckpoint,
} from '../send/progress-file.ts';
import { createRecordReader } from '../send/record.ts';
import { noReport, openReport, refuseToOverwrite } from '../send/report.ts';
import { reportOutcome } from '../send/summary.ts';
import { addTo, startTotals, watchSending } from '../send/totals.ts';

export interface SendOptions extends DestinationOptions {
  readonly connection?: string;
  readonly idCharacters: IdCharacters;
  readonly concurrency: number;
  readonly resume?: boolean;
  readonly report?: string;
}

/** `send`: one group, or a file with one group per line, to the queue or over HTTP. */
export async function send(path: string, options: SendOptions, context: Context): Promise<ExitCode> {
  const { interrupted, now } = context;
  const startedAt = now();
  const destination = findDestination(options, context);
  const total = sizeOf(path);
  if (options.report !== undefined) refuseToOverwrite(options.report, path);
  const checkpoint = path === '-' ? null : findCheckpoint(path, options, destination.label);
  if (path === '-' && options.resume === true)
    throw usageFailure('--resume needs a file: stdin cannot be read again.');
  // Lines that name no connection belong to the one given to the first run.
  const connection = options.connection ?? checkpoint?.connection ?? null;
  const hash = checkpoint === null ? createHash('sha256') : await verifyInput(path, checkpoint);
  const from = { line: checkpoint?.line ?? 0, bytes: checkpoint?.bytes ?? 0 };
  const input = await recogniseInput(path, openInput(path, process.stdin, from.bytes));
  const isDocument = input.kind === 'document' && checkpoint === null;

  const report =
    options.report === undefined ? noReport : await openReport(options.report, checkpoint?.reportBytes ?? 0);
  let totals = startTotals(checkpoint);
  let last = from.line;
  const watching = watchSending(context, total, totals);
  let stopped: { readonly thrown: unknown } | null = null;
  try {
    await sendLines({
      chunks: isDocument ? asOneLine(input.chunks) : input.chunks,
      from,
      hash,
      readRecord: createRecordReader(createValidation(options.idCharacters), connection ?? undefined),
      deliver: destination.deliver,
      concurrency: options.concurrency,
      interrupted,
      progressed: watching.progressed,
      commit: async (lines) => {
        const end = lines.at(-1);
        if (end === undefined) return;
        const added = addTo(totals, lines);
        await report.append(added.refusals);
        for (const refusal of added.refusals) await context.console.document({ type: 'refused', ...refusal });
        totals = added.totals;
        last = end.number;
        if (path === '-' || isDocument) return;
        await writeCheckpoint(path, {
          version: 1,
          target: destination.label,
          connection,
          line: end.number,
          bytes: end.end,
          sha256: end.hash.digest('hex'),
          accepted: totals.accepted,
          refused: totals.refused,
          reportBytes: report.bytes(),
        });
      },
    });
  } catch (thrown) {
    stopped = { thrown };
  } finally {
    watching.stop();
    await report.close();
  }

  const complete = stopped === null && !interrupted.aborted;
  if (complete && path !== '-') removeCheckpoint(path);
  await reportOutcome(
    {
      totals,
      line: last,
      complete,
      resumedAfter: checkpoint?.line ?? 0,
      seconds: (now() - startedAt) / 1000,
    },
    { label: destination.label, to: options.to, report: options.report },
    context.console,
  );
  if (complete) return totals.refused > 0 ? exitCodes.failed : exitCodes.ok;
  const why = stopped === null ? 'Interrupted.' : explainError(stopped.thrown).sentence;
  const how = path === '-' || isDocument ? '' : '; --resume continues from there';
  throw new Failure(`${why} The first ${last} lines are done${how}.`, exitCodes.failed, stopped?.thrown);
}

/** Progress of an earlier run: to continue from, or a reason not to start again. */
function findCheckpoint(
  path: string,
  { resume, connection }: SendOptions,
  target: string,
): Checkpoint | null {
  const checkpoint = readCheckpoint(path);
  if (checkpoint === null) return null;
  if (resume !== true)
    throw usageFailure(
      `An earlier send of ${path} ended after line ${checkpoint.line}; add --resume to continue, or delete ${progressPath(path)} to start over.`,
    );
  if (checkpoint.target !== target)
    throw usageFailure(
      `The first ${checkpoint.line} lines of ${path} went to another destination: ${checkpoint.target}.`,
    );
  if (connection !== undefined && connection !== checkpoint.connection)
    throw usageFailure(
      `The first ${checkpoint.line} lines of ${path} were sent ${checkpoint.connection === null ? 'without --connection' : `with --connection ${checkpoint.connection}`}.`,
    );
  return checkpoint;
}
