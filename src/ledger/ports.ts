import type { GraphAnswer } from '../groups/graph-answer.ts';
import type { GraphWrite } from '../groups/graph-write.ts';
import type { Clock } from '../shared/clock.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { TraceContext } from '../telemetry/trace-context.ts';
import type { LedgerStore } from './ledger-store.ts';
import type { LookMessage } from './look-message.ts';

/** Allows deleting the message before anybody receives it. */
export interface LookReceipt {
  readonly messageId: string;
  readonly popReceipt: string;
  /** When it was sent, by the clock of the queue: milliseconds. */
  readonly insertedOn: number;
}

export interface LookQueue {
  /** `delay`: milliseconds until it becomes visible; `within`: milliseconds that sending may take. */
  readonly send: (message: LookMessage, delay: number, within: number) => Promise<LookReceipt>;
  readonly remove: (receipt: LookReceipt, within: number) => Promise<void>;
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

export interface Conduct {
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
export interface DeclarationPorts {
  readonly store: LedgerStore;
  readonly looks: LookQueue;
  readonly graph: GraphPort;
  readonly clock: Clock;
  readonly conduct: Conduct;
}
