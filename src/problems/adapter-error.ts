import type { ProblemCode } from './catalogue.ts';

/**
 * The adapter's errors. `code` is stable, `message` is for the log, `safeDetail` is all that a caller may read, and
 * `cause` stays internal.
 */
export class AdapterError extends Error {
  override readonly name = 'AdapterError';
  readonly code: ProblemCode;
  readonly safeDetail: string;
  /** Members of the problem document in addition to the standard ones. */
  readonly members: Readonly<Record<string, unknown>>;
  /** Seconds until a retry makes sense; null if unknown. */
  readonly retryAfter: number | null;

  constructor(code: ProblemCode, safeDetail: string, options: AdapterErrorOptions = {}) {
    super(options.message ?? safeDetail, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.safeDetail = safeDetail;
    this.members = options.members ?? {};
    this.retryAfter = options.retryAfter ?? null;
  }
}

export interface AdapterErrorOptions {
  /** For the operator, if it may say more than the caller may read. */
  readonly message?: string;
  readonly cause?: unknown;
  readonly members?: Readonly<Record<string, unknown>>;
  readonly retryAfter?: number | null;
}

/** One line for the log about anything thrown, including its chain of causes; never a stack. */
export function describeError(thrown: unknown, depth = 3): string {
  if (!(thrown instanceof Error)) return String(thrown).slice(0, 500);
  const ours = thrown instanceof AdapterError;
  const code = !ours && 'code' in thrown && typeof thrown.code === 'string' ? ` [${thrown.code}]` : '';
  const cause =
    thrown.cause === undefined || depth === 0 ? '' : ` <- ${describeError(thrown.cause, depth - 1)}`;
  const kind = ours ? '' : `${thrown.name}${code}: `;
  return `${kind}${thrown.message.split('\n', 1)[0]?.slice(0, 500) ?? ''}${cause}`;
}
