import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type AzuritePorts, startAzurite } from '../../local/stack/azurite.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Ports of the shared Azurite, the names of its accounts, and where it is noted which of them are taken. */
    sharedAzurite: {
      readonly ports: AzuritePorts;
      readonly accounts: readonly string[];
      readonly folder: string;
    };
  }
}

const accounts = Array.from({ length: 400 }, (_, index) => `account${index}`);

/**
 * Starts one Azurite for all test files of a project, of which each takes an account: to start one takes more processor
 * time than most of the files. Its data is on disk: in memory each message is an extent of its own, and once a minute
 * Azurite 3.37 clears the extents of deleted messages in one go; after some thousand it answers nobody for a minute.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'external-groups-azurite-'));
  const azurite = await startAzurite({ folder, accounts });
  project.provide('sharedAzurite', { ports: azurite.ports, accounts, folder });
  return async () => {
    await azurite.close();
    await rm(folder, { recursive: true, force: true });
  };
}
