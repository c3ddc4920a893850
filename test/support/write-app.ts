import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface App {
  /** The folder of package.json and host.json. */
  readonly root: string;
  readonly remove: () => Promise<void>;
}

export interface AppFiles {
  /** A module of this repository that registers the functions; it finds its packages where it is. */
  readonly entry?: URL;
  /** package.json's `main` where it is not the entry. */
  readonly main?: string;
  readonly host?: Readonly<Record<string, unknown>>;
  /** Further files by path. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Writes a functions app to a temporary folder: package.json, host.json and an entry that imports the given module. */
export async function writeApp({ entry, main = 'index.js', host = {}, files = {} }: AppFiles): Promise<App> {
  const root = await mkdtemp(join(tmpdir(), 'functions-app-'));
  const all = {
    'package.json': JSON.stringify({ type: 'module', main }),
    'host.json': JSON.stringify({ version: '2.0', ...host }),
    'index.js': entry === undefined ? '' : `import ${JSON.stringify(entry.href)};\n`,
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return { root, remove: () => rm(root, { recursive: true, force: true }) };
}
