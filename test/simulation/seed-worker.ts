import { parentPort } from 'node:worker_threads';
import { playSeeds, type SeedRange } from './play-seeds.ts';

// Errors are thrown by the thousand, and nobody reads where.
Error.stackTraceLimit = 0;

/** Plays the seeds that it is sent, and sends back what it found. */
parentPort?.on('message', (range: SeedRange) => {
  playSeeds(range).then((findings) => parentPort?.postMessage(findings));
});
