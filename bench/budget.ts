/**
 * What a cold start loads and what is deployed, counted rather than timed, so that the check gives the same result on any
 * machine: `node bench/budget.ts --write` makes the current figures the baseline, `bench/budget.json`.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFunctionsApp } from '../scripts/build.ts';
import { countAllocation } from './allocation.ts';
import { packedSize } from './package-size.ts';

export interface Budget {
  /** What is loaded before the last function is registered: files of the build, source modules in them, their bytes. */
  readonly coldLoad: { readonly files: number; readonly modules: number; readonly bytes: number };
  /** The deployed package: its files, and its bytes when packed. */
  readonly package: { readonly files: number; readonly bytes: number };
}

/** The content of `budget.json`. */
export interface Baseline extends Budget {
  /** Bytes that one create allocates. */
  readonly create: { readonly allocatedBytes: number };
}

/** The share by which a figure may exceed the baseline. */
export const allowedGrowth = 0.2;
export const allowedAllocationGrowth = 0.1;

const baseline = new URL('budget.json', import.meta.url);

export async function readBaseline(): Promise<Baseline> {
  return JSON.parse(await readFile(baseline, 'utf8')) as Baseline;
}

/** Builds the app into a temporary folder and counts. */
export async function countBudget(): Promise<Budget> {
  const folder = await mkdtemp(join(tmpdir(), 'budget-'));
  try {
    const { outputs } = await buildFunctionsApp({ outdir: folder });
    const entry = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === 'functions/index.ts');
    const loaded = new Set<string>();
    const load = (path: string) => {
      if (loaded.has(path)) return;
      loaded.add(path);
      for (const { path: next, kind } of outputs[path]?.imports ?? [])
        if (kind === 'import-statement' && outputs[next] !== undefined) load(next);
    };
    if (entry === undefined) throw new Error('The build has no entry.');
    load(entry);
    const sum = (of: (path: string) => number) => [...loaded].reduce((total, path) => total + of(path), 0);
    const { packed, files } = await packedSize(folder);
    return {
      coldLoad: {
        files: loaded.size,
        modules: sum((path) => Object.keys(outputs[path]?.inputs ?? {}).length),
        bytes: sum((path) => outputs[path]?.bytes ?? 0),
      },
      package: { files, bytes: packed },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const counted = await countBudget();
  await buildFunctionsApp();
  const budget: Baseline = { ...counted, create: { allocatedBytes: await countAllocation() } };
  if (process.argv.includes('--write')) await writeFile(baseline, `${JSON.stringify(budget, null, 2)}\n`);
  process.stdout.write(`${JSON.stringify(budget, null, 2)}\n`);
}
