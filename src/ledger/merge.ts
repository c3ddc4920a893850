import type { LedgerState, SealedState } from './draft.ts';

/** A state with pages that were read besides. Those that it has are newer. */
export function withPages<S extends LedgerState>(state: S, pages: LedgerState['pages']): S {
  return { ...state, pages: new Map([...pages, ...state.pages]) };
}

/** Two changes of the same state, one after the other, as one to be written. */
export function afterBoth(first: SealedState, second: SealedState): SealedState {
  return { ...second, encoded: new Map([...first.encoded, ...second.encoded]) };
}
