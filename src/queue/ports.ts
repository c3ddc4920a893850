import type { Runtime } from '../shared/runtime.ts';
import type { Send } from '../storage/queues.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

/** The dependencies that all queued work shares. */
export interface WorkPorts {
  readonly send: Send;
  readonly telemetry: Telemetry;
  readonly runtime: Runtime;
  /** Milliseconds after which work that still fails is given up. */
  readonly giveUpAfter: number;
}
