import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { type Azurite, addressesOf } from '../../local/stack/azurite.ts';

/** Takes an account of the shared Azurite that nobody has used. Whoever stops or breaks storage starts an Azurite instead. */
export async function takeAccount(): Promise<Azurite> {
  const { ports, accounts, folder } = inject('sharedAzurite');
  for (const account of accounts) {
    if (!(await isTaken(join(folder, `taken-${account}`))))
      return {
        ...addressesOf(ports, account),
        ports,
        pid: Number.NaN,
        kill: () => {
          throw new Error('The shared Azurite is not to be killed.');
        },
        close: async () => undefined,
      };
  }
  throw new Error(`All ${accounts.length} accounts of the shared Azurite are taken.`);
}

/** Making a folder is atomic: of two that try it at once, one succeeds. */
async function isTaken(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return false;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST') return true;
    throw thrown;
  }
}
