import { glob } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errorText } from './error-text.ts';
import { readJsonFile } from './json-file.ts';

/**
 * Loads every file matched by package.json's `main`, a path or a glob, the same ones that Azure loads. If an entry
 * throws, the worker logs a warning and the app runs without functions; here it is an error, so that a wrong setting
 * is noticed at once.
 */
export async function loadApp(root: string): Promise<string[]> {
  const packageJson = await readJsonFile(join(root, 'package.json'));
  if (packageJson === undefined) throw new Error(`There is no package.json in ${root}.`);
  const { main } = packageJson;
  if (typeof main !== 'string' || main === '')
    throw new Error('package.json has no "main" that names the entry.');

  const files: string[] = [];
  for await (const file of glob(main, { cwd: root })) files.push(file);
  if (files.length === 0)
    throw new Error(`No file matches package.json's "main" (${main}). Is the app built?`);

  for (const file of files.sort()) {
    try {
      // `import` loads CommonJS as well, and its `require` still goes through the patched prototype.
      await import(pathToFileURL(resolve(root, file)).href);
    } catch (error) {
      throw new Error(errorText(error), { cause: error });
    }
  }
  return files;
}
