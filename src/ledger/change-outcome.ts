import { AdapterError, describeError } from '../problems/adapter-error.ts';
import { type ProblemCode, problemCatalogue } from '../problems/catalogue.ts';
import type { ChangeResult } from './change-result.ts';
import type { RequestedChange } from './core/change.ts';
import type { DeclareOptions } from './declare.ts';
import type { Declare } from './declare-by-name.ts';

/** The result of an attempt at a queued change. */
export type AttemptedChange =
  | ChangeResult
  /** It may not have been recorded: the ledger could not be read or written, or names not be looked up. */
  | {
      readonly kind: 'unrecorded';
      readonly code: ProblemCode;
      readonly why: string;
      /** Seconds that the directory asks to wait; null: it does not. */
      readonly retryAfter: number | null;
    };

/** Nothing was recorded, and a retry may succeed: an instance of a later release may be able to read the record. */
const retryableCodes: readonly ProblemCode[] = [
  'deferral-unavailable',
  'record-unreadable',
  'directory-access-denied',
];

export type AttemptChange = (change: RequestedChange, options: DeclareOptions) => Promise<AttemptedChange>;

/** Rejects only for a fault of ours. */
export function createAttemptChange(declare: Declare): AttemptChange {
  return async function attemptChange(change, options) {
    try {
      return await declare(change, options);
    } catch (thrown) {
      return outcomeOf(thrown);
    }
  };
}

/** A change that was not recorded: it may be later, or its sender has to correct it. */
function outcomeOf(thrown: unknown): AttemptedChange {
  if (!(thrown instanceof AdapterError))
    return { kind: 'unrecorded', code: 'deferral-unavailable', why: describeError(thrown), retryAfter: null };
  const { code, safeDetail: detail, members, retryAfter } = thrown;
  if (retryableCodes.includes(code))
    return { kind: 'unrecorded', code, why: describeError(thrown), retryAfter };
  if (problemCatalogue[code].status < 500) return { kind: 'refused', problem: { code, detail, members } };
  throw thrown;
}
