/** Milliseconds. The SDKs retry for minutes by default; a caller is waiting, and the queue trigger retries too. */
export const storageRetries = { tries: 3, tryTimeout: 2_000, delay: 200, maxDelay: 1_000 } as const;

/**
 * How long one use of storage may take in all, in milliseconds: while a caller waits, in the background, and while a
 * system waits that announces a change (Okta gives up after 3 s).
 */
export const storageWithin = { http: 4_000, queue: 10_000, webhook: 2_500 } as const;

/** Without storage each use of it rejects. */
export const noStorage = 'AzureWebJobsStorage is not set';

/** True if an SDK's error carries this service code, in either of the two places where the SDKs put it. */
export function hasCode(thrown: unknown, code: string): boolean {
  if (!(thrown instanceof Error)) return false;
  if ('code' in thrown && thrown.code === code) return true;
  if (!('details' in thrown) || typeof thrown.details !== 'object' || thrown.details === null) return false;
  const { odataError, errorCode } = thrown.details as {
    odataError?: { code?: unknown };
    errorCode?: unknown;
  };
  return odataError?.code === code || errorCode === code;
}

export function hasStatus(thrown: unknown, status: number): boolean {
  return thrown instanceof Error && 'statusCode' in thrown && thrown.statusCode === status;
}
