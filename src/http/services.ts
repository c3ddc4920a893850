import type { Operations } from '../creations/operations/operations.ts';
import type { Diagnose } from '../diagnostics/diagnose.ts';
import type { IdCharacters } from '../groups/external-group.ts';
import type { ReadTarget } from '../groups/target.ts';
import type { ChangeReader } from '../ledger/change-reader.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerReader } from '../ledger/ledger-reader.ts';
import type { Clock } from '../shared/clock.ts';
import type { FindSource } from '../sources/served-sources.ts';
import type { Send } from '../storage/queues.ts';
import type { Callers } from './admit.ts';
import type { Endpoint } from './endpoint.ts';

/** Everything that the endpoints of the app are made of; each takes the few parts that it needs. */
export interface Services {
  readonly callers: Callers;
  readonly ledger: LedgerReader & Pick<Ledger, 'declare' | 'planChange'>;
  readonly reader: ChangeReader;
  readonly target: ReadTarget;
  /** An endpoint that shares its limit of large bodies with others. */
  readonly limited: (endpoint: Endpoint) => Endpoint;
  readonly operations: Pick<Operations, 'read'>;
  readonly findSource: FindSource;
  readonly send: Send;
  readonly diagnose: Diagnose;
  /** The OpenAPI document. */
  readonly document: () => object;
  readonly idCharacters: IdCharacters;
  /** Milliseconds. */
  readonly graphDeadline: number;
  readonly clock: Clock;
}
