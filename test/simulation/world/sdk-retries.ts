import type { Clock } from '../../../src/shared/clock.ts';
import { storageRetries } from '../../../src/storage/bounds.ts';
import { abortError } from './service-error.ts';

export interface RetryOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Tries as the storage SDKs do after a broken connection or a 5xx: so one send of a message whose answer is lost makes
 * two messages, and the second try of a conditional write that was made says 412.
 */
export async function withSdkRetries<T>(
  { clock, signal }: RetryOptions,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (thrown) {
      if (signal?.aborted || tries === storageRetries.tries || !isTransient(thrown)) throw thrown;
      await pause(clock, storageRetries.delay * 2 ** (tries - 1), signal);
    }
  }
}

function isTransient(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  if ('statusCode' in thrown && typeof thrown.statusCode === 'number') return thrown.statusCode >= 500;
  return thrown.name === 'AbortError' || 'code' in thrown;
}

function pause(clock: Clock, milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(milliseconds, resolve);
    signal?.addEventListener(
      'abort',
      () => {
        cancel();
        reject(abortError());
      },
      { once: true },
    );
  });
}
