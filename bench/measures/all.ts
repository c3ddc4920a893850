import type { Measure } from '../finding.ts';
import { addedTime } from './added-time.ts';
import { besideLarge } from './beside-large.ts';
import { bulkSend } from './bulk-send.ts';
import { coldFirst } from './cold-first.ts';
import { coldLoad } from './cold-load.ts';
import { declaredState } from './declared-state.ts';
import { goodput } from './goodput.ts';
import { names } from './names.ts';
import { deployedPackage } from './package.ts';
import { processorTime } from './processor-time.ts';
import { queueWorker } from './queue-worker.ts';
import { steadyMemory } from './steady-memory.ts';
import { telemetryBlock } from './telemetry-block.ts';
import { throughput } from './throughput.ts';

/** In the order of the table. */
export const measures: readonly Measure[] = [
  coldLoad,
  coldFirst,
  deployedPackage,
  processorTime,
  addedTime,
  besideLarge,
  throughput,
  telemetryBlock,
  queueWorker,
  goodput,
  bulkSend,
  steadyMemory,
  declaredState,
  names,
];
