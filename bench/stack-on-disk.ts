import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Stack, type StackOptions, startStack } from '../local/stack/stack.ts';

/**
 * Starts a stack with its messages on disk, in a folder that is removed when it is closed. In memory only, Azurite answers
 * nobody for minutes while it collects some ten thousand deleted messages (QueueGCManager.js, MemoryExtentStore.js).
 */
export async function startStackOnDisk(options: Omit<StackOptions, 'storageFolder'>): Promise<Stack> {
  const storageFolder = await mkdtemp(join(tmpdir(), 'bench-storage-'));
  const remove = () => rm(storageFolder, { recursive: true, force: true });
  try {
    const stack = await startStack({ ...options, storageFolder });
    const close = stack.close.bind(stack);
    return Object.assign(stack, { close: () => close().finally(remove) });
  } catch (error) {
    await remove();
    throw error;
  }
}
