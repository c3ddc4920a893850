import { parentPort } from 'node:worker_threads';
import { playSeeds, type SeedRange } from './play-seeds.ts';

// Errors are thrown by the thousand, and their stacks are not used.
Error.stackTraceLimit = 0;

/** Plays the seeds it is sent, and sends back the results. */
parentPort?.on('message', (range: SeedRange) => {
  playSeeds(range).then((findings) => parentPort?.postMessage(findings));
});
