import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QueueClient } from '@azure/storage-queue';
import { startAzurite } from '../../local/stack/azurite.ts';
import { exitOf } from '../../local/stack/stop-process.ts';
import { type Finding, fixed, type Measure } from '../finding.ts';
import { rootOf } from '../peers.ts';
import { sampleMemory } from '../process-sample.ts';
import { fill } from '../queue/fill.ts';
import { quantile } from '../statistics.ts';

/** Seconds after which the measure ends, finished or not: the whole run is limited. */
const bound = 160;

export const bulkSend: Measure = {
  name: 'bulk-send',
  title: 'Bulk send',
  run: async ({ quick }): Promise<Finding> => {
    const count = quick ? 3_000 : 100_000;
    const azurite = await startAzurite();
    const folder = await mkdtemp(join(tmpdir(), 'bench-send-'));
    try {
      const file = join(folder, 'groups.ndjson');
      await writeGroups(file, count);
      const floor = await rate(() => fill(azurite.connectionString, 'floor', count / 25, 'f'), count / 25);
      const { seconds, memory } = await send(azurite.connectionString, file, folder);
      const queue = new QueueClient(azurite.connectionString, 'external-group-creations');
      const { approximateMessagesCount: queued = 0 } = await queue.getProperties();
      const again = await rate(() => fill(azurite.connectionString, 'floor', count / 25, 'g'), count / 25);
      const share = queued / seconds / ((floor + again) / 2);
      const early = quantile(
        memory.slice(Math.floor(memory.length * 0.15), Math.floor(memory.length * 0.3)),
        0.5,
      );
      const late = quantile(memory.slice(Math.floor(memory.length * 0.85)), 0.5);
      const growth = late / early - 1;
      const repeats = Math.max(0, queued - count);
      const met = queued >= count && share >= 0.8 && growth <= 0.1;
      return {
        rows: [
          {
            figure: `Bulk \`send\` of ${count.toLocaleString('en')} groups`,
            goal: 'each at least once, ≥ 0.8 × a bare producer, ≤ 10 % more memory',
            measured: `${queued.toLocaleString('en')} queued${queued < count ? `, where the ${bound} s were up` : `, ${repeats} of them repeats`}; ${fixed(share)} × a bare producer; memory ${growth >= 0 ? '+' : '−'}${fixed(Math.abs(growth) * 100, 0)} % from the first fifth to the end`,
            met,
            ...(met
              ? {}
              : {
                  short:
                    queued < count
                      ? `${count - queued} not queued`
                      : share < 0.8
                        ? `${fixed(0.8 - share)} × under`
                        : `${fixed((growth - 0.1) * 100, 0)} points over`,
                }),
          },
        ],
        charts: [
          {
            kind: 'lines',
            title: 'Memory of a bulk send',
            x: 'seconds',
            y: 'MiB resident',
            lines: [{ label: 'send', points: memory.map((mib, at) => [at / 2, mib] as const) }],
          },
        ],
        detail: `\`external-groups send\` with its default of 16 concurrent sends took ${fixed(seconds, 0)} s, ${fixed(queued / seconds, 0)} per second; a producer that only sends, 16 at a time, reached ${fixed((floor + again) / 2, 0)} per second before and after. Resident memory ${fixed(early, 0)} MiB in the first fifth, ${fixed(late, 0)} MiB at the end, sampled every half second. A repeat is what was under way when storage did not answer within two seconds: it is sent once more, and the worker finds the group unchanged.`,
      };
    } finally {
      await azurite.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function writeGroups(file: string, count: number): Promise<void> {
  const out = createWriteStream(file);
  for (let id = 0; id < count; id += 1) {
    const group = { id: `bulk${id}`, displayName: `Group ${id}`, description: 'Made to measure with.' };
    if (!out.write(`${JSON.stringify({ connectionId: 'contosohr', group })}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

async function send(
  storage: string,
  file: string,
  cwd: string,
): Promise<{ seconds: number; memory: readonly number[] }> {
  const cli = join(rootOf('ours'), 'dist/cli/external-groups.js');
  const startedAt = performance.now();
  const child = spawn(process.execPath, [cli, 'send', file, '--json'], {
    cwd,
    env: { PATH: process.env.PATH ?? '', AzureWebJobsStorage: storage },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const patience = setTimeout(() => child.kill('SIGKILL'), bound * 1000);
  const memory = sampleMemory(child.pid ?? 0);
  const { code, signal } = await exitOf(child);
  clearTimeout(patience);
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`send ended with ${code}.`);
  return { seconds: (performance.now() - startedAt) / 1000, memory: memory() };
}

async function rate(work: () => Promise<void>, count: number): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (count / (performance.now() - startedAt)) * 1000;
}
