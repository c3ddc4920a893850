import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export interface App {
  root: string;
  remove(): Promise<void>;
}

export interface AppFiles {
  /** Source of the entry, an ES module. */
  entry?: string;
  /** package.json's `main` where it is not the entry. */
  main?: string;
  host?: Record<string, unknown>;
  /** Further files by path. */
  files?: Record<string, string>;
}

/** Writes a throw-away functions app that resolves this repository's packages. */
export async function writeApp({
  entry = '',
  main = 'index.js',
  host = {},
  files = {},
}: AppFiles): Promise<App> {
  const root = await mkdtemp(join(tmpdir(), 'functions-host-'));
  await symlink(resolve('node_modules'), join(root, 'node_modules'), 'dir');
  const all = {
    'package.json': JSON.stringify({ type: 'module', main }),
    'host.json': JSON.stringify({ version: '2.0', ...host }),
    'index.js': entry,
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return { root, remove: () => rm(root, { recursive: true, force: true }) };
}
