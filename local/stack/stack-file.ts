import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { StackFile } from '../../cli/where/stack-file.ts';
import type { Stack } from './stack.ts';

const folder = fileURLToPath(new URL('../../.local', import.meta.url));

/** The content of `.local/stack.json` for a stack whose functions are at this URL. */
export function describeStack(stack: Stack, functionsUrl: string): StackFile {
  const { functionKey, masterKey, azurite, graph, certificate, operatorToken } = stack;
  return {
    functionsUrl,
    functionKey,
    storage: azurite.connectionString,
    pid: process.pid,
    masterKey,
    graph: { url: graph.url, certificate: certificate.cert, operatorToken },
  };
}

/** Writes `.local/stack.json` for this user alone; the returned function removes it. */
export async function writeStackFile(content: StackFile): Promise<() => Promise<void>> {
  const file = `${folder}/stack.json`;
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  return () => rm(file, { force: true });
}
