import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface StorageFolder {
  readonly folder: string;
  readonly remove: () => Promise<void>;
}

/** A folder in which Azurite keeps data for a later instance. */
export async function stageStorage(): Promise<StorageFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'external-groups-storage-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
