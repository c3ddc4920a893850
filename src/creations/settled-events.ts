import type { EventName } from '../telemetry/telemetry.ts';
import type { CreationOutcome } from './policy.ts';

/** The event for an outcome that is final with it; all other outcomes have none. */
export const settledEvents: { readonly [kind in CreationOutcome['kind']]?: EventName } = {
  created: 'ExternalGroupCreated',
  unchanged: 'ExternalGroupUnchanged',
  conflict: 'ExternalGroupConflict',
};
