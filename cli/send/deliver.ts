import type { Creation, Fault } from './record.ts';

/** What sending one group came to. */
export type Delivered =
  | { readonly as: 'queued' | 'created' | 'unchanged' | 'deferred' }
  | { readonly faults: readonly Fault[] };

/** Sends one group, trying again for a while; rejects where going on makes no sense for any line. */
export type Deliver = (creation: Creation) => Promise<Delivered>;
