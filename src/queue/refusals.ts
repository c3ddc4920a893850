import { maxGroupBytes } from '../groups/external-group.ts';
import type { ValidationFault } from '../groups/validation.ts';
import type { Problem } from '../problems/problem.ts';

/** Why messages of every kind are refused. */
export const connectionNotAllowed: Problem = {
  code: 'connection-not-allowed',
  detail: 'EXTERNAL_CONNECTIONS does not list the connection.',
  members: {},
};

export const groupTooLarge: Problem = {
  code: 'payload-too-large',
  detail: `The group is over ${maxGroupBytes / 1024} KiB.`,
  members: {},
};

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
