import type { ValidationFault } from '../groups/validation.ts';

/** A dead letter's detail names at most this many errors: a message can have thousands. */
const maxNamedFaults = 10;

/** The errors of a message in one sentence: pointers and rules, no values. */
export function describeFaults(faults: readonly ValidationFault[]): string {
  const named = faults
    .slice(0, maxNamedFaults)
    .map(({ pointer, detail }) => `${pointer || '(message)'} ${detail}`);
  const more = faults.length > maxNamedFaults ? `; and ${faults.length - maxNamedFaults} more` : '';
  return `The message breaks the schema: ${named.join('; ')}${more}.`;
}
