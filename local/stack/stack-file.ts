import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { StackFile } from '../../cli/where/stack-file.ts';
import { settingCatalogue } from '../../src/settings/catalogue.ts';
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
    webhookSecret: webhookSecretOf(stack),
    graph: { url: graph.url, certificate: certificate.cert, operatorToken },
  };
}

/** The secret with which changes of the connection `contosohr` must be signed; null: none. */
export function webhookSecretOf({ env }: Pick<Stack, 'env'>): string | null {
  if (!env.WEBHOOK_SECRETS) return null;
  const read = settingCatalogue.WEBHOOK_SECRETS.read(env.WEBHOOK_SECRETS);
  const secrets = 'value' in read ? read.value : [];
  return secrets.find(({ connectionId }) => (connectionId ?? 'contosohr') === 'contosohr')?.secret ?? null;
}

/** Writes `.local/stack.json` for this user alone; the returned function removes it. */
export async function writeStackFile(content: StackFile): Promise<() => Promise<void>> {
  const file = `${folder}/stack.json`;
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  return () => rm(file, { force: true });
}
