import { readFile } from 'node:fs/promises';
import { errorText } from './error-text.ts';

/**
 * A JSON file as an object; undefined if the file does not exist. The real host also accepts comments: this one does
 * not, and says where the error is.
 */
export async function readJsonFile(path: string): Promise<Record<string, unknown> | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new Error(`${path} is not JSON: ${errorText(error)}`, { cause: error });
  }
  if (!isRecord(value)) throw new Error(`${path} must hold a JSON object.`);
  return value;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
