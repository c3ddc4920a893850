import { AdapterError } from '../../problems/adapter-error.ts';
import type { Clock } from '../../shared/clock.ts';

/** Milliseconds past the deadline by which a caller gets a response: slightly less than the promised two seconds. */
export const grace = 1_800;

/**
 * The result of the ledger's work, or `deferral-unavailable` if it fails or takes longer than this many milliseconds.
 * The work continues after that: what it records then is harmless, and sending the request again is safe.
 */
export async function recordedInTime<T>(
  milliseconds: number,
  work: Promise<T>,
  clock: Pick<Clock, 'after'>,
): Promise<T> {
  return settledInTime(milliseconds, work, clock, notRecorded);
}

/** The same for reads: `ledger-unavailable`. */
export async function readInTime<T>(
  milliseconds: number,
  work: Promise<T>,
  clock: Pick<Clock, 'after'>,
): Promise<T> {
  return settledInTime(milliseconds, work, clock, notRead);
}

async function settledInTime<T>(
  milliseconds: number,
  work: Promise<T>,
  clock: Pick<Clock, 'after'>,
  unavailable: (cause: unknown) => AdapterError,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const callOff = clock.after(milliseconds, () =>
    late.reject(new DOMException(`no answer within ${milliseconds} ms`, 'TimeoutError')),
  );
  try {
    return await Promise.race([work, late.promise]);
  } catch (thrown) {
    throw thrown instanceof AdapterError ? thrown : unavailable(thrown);
  } finally {
    callOff();
    work.catch(() => undefined);
  }
}

function notRecorded(cause: unknown): AdapterError {
  return new AdapterError(
    'deferral-unavailable',
    'The change could not be recorded, as far as is known. Nothing is claimed: sending it again is safe.',
    { message: 'The change could not be recorded.', cause },
  );
}

function notRead(cause: unknown): AdapterError {
  return new AdapterError('ledger-unavailable', 'The ledger cannot be read now.', { cause });
}
