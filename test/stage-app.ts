import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { packageApp } from '../scripts/package.ts';

export interface StagedApp {
  /** For `projectRoot` of a stack. */
  readonly folder: string;
  /** An empty folder for Azurite, whose in-memory store halts for half a minute once it has seen some thousand messages. */
  readonly storageFolder: string;
  readonly remove: () => Promise<void>;
}

/**
 * The package that would be deployed, in a folder of its own: a run of many minutes is not disturbed by whoever
 * builds meanwhile, and there is no node_modules next to it that a forgotten import could find. `plugins` change the build.
 */
export async function stageApp(plugins: readonly Plugin[] = []): Promise<StagedApp> {
  const home = await mkdtemp(join(tmpdir(), 'external-groups-'));
  const folder = join(home, 'app');
  const storageFolder = join(home, 'storage');
  await packageApp(folder, plugins);
  await mkdir(storageFolder);
  return { folder, storageFolder, remove: () => rm(home, { recursive: true, force: true }) };
}
