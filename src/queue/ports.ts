import type { Runtime } from '../shared/runtime.ts';
import type { Send } from '../storage/queues.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

/** Milliseconds. */
export interface WorkLimits {
  /** How long one attempt may take. */
  readonly attemptWithin: number;
  readonly giveUpAfter: number;
}

/** The dependencies that all kinds of work share. */
export interface WorkPorts {
  readonly send: Send;
  readonly telemetry: Telemetry;
  readonly runtime: Runtime;
  readonly limits: WorkLimits;
}
