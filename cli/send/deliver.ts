import type { Creation, Fault } from './record.ts';

/** The result of sending one group. */
export type Delivered =
  | { readonly as: 'queued' | 'created' | 'unchanged' | 'deferred' }
  | { readonly faults: readonly Fault[] };

/** Sends one group, with retries; rejects if continuing is pointless for any line. */
export type Deliver = (creation: Creation) => Promise<Delivered>;
