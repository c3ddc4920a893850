import { maxGroupBytes } from '../groups/external-group.ts';
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
