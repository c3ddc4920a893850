import type { LedgerState, SealedState } from './draft.ts';

/** A state with additional pages. The pages that it already has are newer. */
export function withPages<S extends LedgerState>(state: S, pages: LedgerState['pages']): S {
  return { ...state, pages: new Map([...pages, ...state.pages]) };
}

/** Two successive changes of the same state, as one to be written. */
export function afterBoth(first: SealedState, second: SealedState): SealedState {
  return { ...second, encoded: new Map([...first.encoded, ...second.encoded]) };
}
