import { Worker } from 'node:worker_threads';
import { addFindings, type Findings, nothingFound, type SeedRange } from './play-seeds.ts';

export interface ThreadsOptions {
  readonly threads: number;
  /** The seeds to play next; null: enough. */
  readonly next: () => SeedRange | null;
  readonly onProgress?: (findings: Findings) => void;
}

/** A schedule leaves much behind that nobody needs any more, and little that somebody does. */
const resourceLimits = { maxYoungGenerationSizeMb: 64 };

/** Plays seeds on several threads at once. Which thread plays a seed changes nothing about it. */
export async function playInThreads({ threads, next, onProgress }: ThreadsOptions): Promise<Findings> {
  let all = nothingFound;

  function play(worker: Worker): Promise<void> {
    return new Promise((resolve, reject) => {
      const goOn = () => {
        const range = next();
        if (range === null) resolve();
        else worker.postMessage(range);
      };
      worker.on('error', reject);
      worker.on('message', (findings: Findings) => {
        all = addFindings(all, findings);
        onProgress?.(all);
        goOn();
      });
      goOn();
    });
  }

  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL('seed-worker.ts', import.meta.url), { resourceLimits }),
  );
  try {
    await Promise.all(workers.map(play));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return all;
}
