import { findSourceFaults } from '../settings/source-settings.ts';

/** Tells in the log of settings of sources that serve none, such as a misspelled one; their events hear 404. */
export function warnOfSourceSettings(
  variables: readonly string[],
  sources: readonly string[],
  // Not an invocation's log: this belongs to none.
  warn: (line: string) => void = console.warn,
): void {
  for (const { seen, fix } of findSourceFaults(variables, sources)) warn(`${seen}. ${fix}`);
}
