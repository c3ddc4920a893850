import type { Head } from './head.ts';
import type { Page } from './page.ts';

/** A group of the ledger as far as it was read. A page that is missing here was not read, unless the head says it is empty. */
export interface LedgerState {
  readonly head: Head;
  readonly pages: ReadonlyMap<number, Page>;
}

/** A group to be written: `encoded` holds each changed page, null if it is now empty. */
export interface SealedState extends LedgerState {
  readonly encoded: ReadonlyMap<number, Uint8Array | null>;
}

/** A state with additional pages. The pages that it already has are newer. */
export function withPages<S extends LedgerState>(state: S, pages: LedgerState['pages']): S {
  return { ...state, pages: new Map([...pages, ...state.pages]) };
}

/** Two successive changes of the same state, as one to be written. */
export function afterBoth(first: SealedState, second: SealedState): SealedState {
  return { ...second, encoded: new Map([...first.encoded, ...second.encoded]) };
}
