import type { NamesSeen } from './named-members.ts';

/** The result of a change. */
export interface Applied {
  /** It takes precedence for at least one thing it names. */
  readonly applies: boolean;
  /** Something in the ledger has changed. */
  readonly changed: boolean;
  readonly names?: NamesSeen;
  /** The group is declared absent. */
  readonly isDeletion?: true;
}

/** Superseded. */
export const superseded: Applied = { applies: false, changed: false };

/** Several parts of a change as one. */
export function combined(all: readonly Applied[]): Applied {
  return {
    applies: all.some(({ applies }) => applies),
    changed: all.some(({ changed }) => changed),
    ...(all.some(({ isDeletion }) => isDeletion) ? { isDeletion: true } : {}),
  };
}
