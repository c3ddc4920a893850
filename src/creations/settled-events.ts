import type { EventName } from '../telemetry/telemetry.ts';
import type { CreationOutcome } from './policy.ts';

/** The event that tells of an outcome where it is final; other outcomes end otherwise. */
export const settledEvents: { readonly [kind in CreationOutcome['kind']]?: EventName } = {
  created: 'ExternalGroupCreated',
  unchanged: 'ExternalGroupUnchanged',
  conflict: 'ExternalGroupConflict',
};
