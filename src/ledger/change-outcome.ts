import { AdapterError, describeError } from '../problems/adapter-error.ts';
import type { ProblemCode } from '../problems/catalogue.ts';
import type { SaidChange } from './core/change.ts';
import type { Declare, Declared, DeclareOptions } from './declaration.ts';

/** The result of an attempt at a queued change. */
export type AttemptedChange =
  | Declared
  /** It may not have been recorded: the ledger could not be read or written, or names not be looked up. */
  | { readonly kind: 'unrecorded'; readonly code: ProblemCode; readonly why: string };

/** Nothing was recorded. Instances of a later release may be at work already, and read what this one cannot. */
const maySucceedLater: readonly ProblemCode[] = [
  'deferral-unavailable',
  'record-unreadable',
  'directory-access-denied',
];

export type AttemptChange = (change: SaidChange, options: DeclareOptions) => Promise<AttemptedChange>;

/** Rejects only for a fault of ours. */
export function createAttemptChange(declare: Declare): AttemptChange {
  return async function attemptChange(change, options) {
    try {
      return await declare(change, options);
    } catch (thrown) {
      if (thrown instanceof AdapterError && !maySucceedLater.includes(thrown.code)) throw thrown;
      const code = thrown instanceof AdapterError ? thrown.code : 'deferral-unavailable';
      return { kind: 'unrecorded', code, why: describeError(thrown) };
    }
  };
}
