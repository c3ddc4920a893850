import type { GraphAnswer } from '../groups/graph-answer.ts';
import type { GraphWrite } from '../groups/graph-write.ts';
import type { Clock } from '../shared/clock.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { TraceContext } from '../telemetry/trace-context.ts';
import type { DelayedQueue } from './delayed-queue.ts';
import type { LedgerStore } from './ledger-store.ts';

/** A wake-up: it says which group, never what to do. Only the one with the ledger's current number counts. */
export interface LookMessage {
  readonly connectionId: string;
  readonly groupId: string;
  readonly look: number;
  /** How often it was postponed because the ledger did not know this number yet. */
  readonly putOff?: number;
}

interface GraphOptions {
  readonly signal: AbortSignal;
  readonly trace: TraceContext;
  /** A caller is waiting for the response. */
  readonly urgent: boolean;
}

/** Neither rejects. */
export interface GraphPort {
  readonly write: (connectionId: string, write: GraphWrite, options: GraphOptions) => Promise<GraphAnswer>;
  readonly read: (connectionId: string, groupId: string, options: GraphOptions) => Promise<GraphAnswer>;
}

interface LedgerContext {
  readonly telemetry: Pick<Telemetry, 'event' | 'metric'>;
  /** In [0, 1). */
  readonly random: () => number;
  /** Names a holder of a lease: never the same twice. */
  readonly newId: () => string;
  /** Milliseconds that one call of Graph may take. */
  readonly callTimeout: number;
  /** Milliseconds without progress after which a group is given up. */
  readonly giveUpAfter: number;
}

/** The dependencies of the work on declared groups. */
export interface LedgerPorts {
  readonly store: LedgerStore;
  readonly looks: DelayedQueue<LookMessage>;
  readonly graph: GraphPort;
  readonly clock: Clock;
  readonly context: LedgerContext;
}
