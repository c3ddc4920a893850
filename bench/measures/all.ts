import type { Measure } from '../finding.ts';
import { addedTime } from './added-time.ts';
import { bulkSend } from './bulk-send.ts';
import { coldFirst } from './cold-first.ts';
import { coldLoad } from './cold-load.ts';
import { goodput } from './goodput.ts';
import { deployedPackage } from './package.ts';
import { queueTwin } from './queue-twin.ts';
import { steadyMemory } from './steady-memory.ts';
import { throughput } from './throughput.ts';

/** In the order of the table. */
export const measures: readonly Measure[] = [
  coldLoad,
  coldFirst,
  deployedPackage,
  addedTime,
  throughput,
  queueTwin,
  goodput,
  bulkSend,
  steadyMemory,
];
