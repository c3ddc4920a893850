import { AdapterError } from '../../problems/adapter-error.ts';
import { inTime } from '../../shared/answer-in-time.ts';
import type { Clock } from '../../shared/clock.ts';

/**
 * The result of the ledger's work, or `deferral-unavailable` if it fails or takes longer than this many milliseconds.
 * The work continues after that: what it records then is harmless, and sending the request again is safe.
 */
export function recordedInTime<T>(
  milliseconds: number,
  work: Promise<T>,
  clock: Pick<Clock, 'after'>,
): Promise<T> {
  return orUnavailable(inTime(milliseconds, work, clock), notRecorded);
}

/** The same for reads: `ledger-unavailable`. */
export function readInTime<T>(
  milliseconds: number,
  work: Promise<T>,
  clock: Pick<Clock, 'after'>,
): Promise<T> {
  return orUnavailable(inTime(milliseconds, work, clock), notRead);
}

async function orUnavailable<T>(work: Promise<T>, unavailable: (cause: unknown) => AdapterError): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    throw thrown instanceof AdapterError ? thrown : unavailable(thrown);
  }
}

function notRecorded(cause: unknown): AdapterError {
  return new AdapterError(
    'deferral-unavailable',
    'The change was not recorded, as far as the adapter knows. Sending it again is safe.',
    { message: 'The change could not be recorded.', cause },
  );
}

function notRead(cause: unknown): AdapterError {
  return new AdapterError('ledger-unavailable', 'The ledger cannot be read now.', { cause });
}
