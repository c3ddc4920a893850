import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { StackFile } from '../../cli/where/stack-file.ts';

const folder = fileURLToPath(new URL('../../.local', import.meta.url));

/** Writes `.local/stack.json` for this user alone; the result removes it. */
export async function writeStackFile(content: StackFile): Promise<() => Promise<void>> {
  const file = `${folder}/stack.json`;
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  return () => rm(file, { force: true });
}
