import { join } from 'node:path';
import { isRecord, readJsonFile } from './json-file.ts';

/**
 * Fills unset variables from the `Values` of local.settings.json, as Core Tools does. The file is optional; an encrypted
 * one can only be read by Core Tools itself.
 */
export async function fillFromLocalSettings(
  root: string,
  env: Record<string, string | undefined>,
): Promise<void> {
  const settings = await readJsonFile(join(root, 'local.settings.json'));
  if (settings === undefined) return;
  if (settings.IsEncrypted === true) {
    throw new Error('local.settings.json is encrypted: run `func settings decrypt` or remove the file.');
  }
  if (!isRecord(settings.Values)) return;
  for (const [name, value] of Object.entries(settings.Values)) {
    if (env[name] === undefined && value !== null && value !== undefined) env[name] = String(value);
  }
}
