/**
 * `node scripts/package.ts [folder]`: writes exactly what is deployed: the bundle, host.json, the licences and a
 * package.json without dependencies or scripts, because everything is in the bundle and nothing needs to be installed.
 */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';
import { buildFunctionsApp } from './build.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Writes the package into `folder`; `plugins`: of a build that is not deployed. */
export async function packageApp(folder: string, plugins: readonly Plugin[] = []): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { name, version, type, main, engines } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  ) as Record<string, unknown>;
  await buildFunctionsApp({ outdir: resolve(folder, 'dist/functions'), more: plugins });
  for (const file of ['host.json', 'LICENSE', 'THIRD-PARTY.md'])
    await copyFile(join(root, file), join(folder, file));
  const manifest = { name, version, private: true, type, main, engines };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

if (import.meta.main) await packageApp(process.argv[2] ?? 'dist/package');
