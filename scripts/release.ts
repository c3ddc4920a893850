/**
 * `node scripts/release.ts <tag> [folder]`: writes what a release consists of: the package as a zip, the template as
 * JSON, the bill of materials, the notes and the checksums. The same commit gives the same zip, byte for byte.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { newestSection } from './changelog.ts';
import { packageApp } from './package.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));

/** Fails unless the tag, package.json and the newest section of the changelog name the same version. */
export async function release(tag: string, folder: string): Promise<void> {
  const { name, version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  const section = newestSection(await readFile(join(root, 'CHANGELOG.md'), 'utf8'));
  if (tag !== `v${version}` || section.version !== version)
    throw new Error(
      `the tag is ${tag}, package.json says ${version}, and the newest section of CHANGELOG.md is ${section.version}`,
    );
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await zipPackage(join(folder, `${name}-${version}.zip`), new Date(`${section.date}T00:00:00Z`));
  await copyFile(join(root, 'infra/main.json'), join(folder, 'main.json'));
  const { stdout } = await run('npm', ['run', '--silent', 'sbom'], { cwd: root, maxBuffer: 2 ** 26 });
  await writeFile(join(folder, `${name}-${version}.cdx.json`), stdout);
  const files = (await readdir(folder)).sort();
  const sums = await Promise.all(files.map(async (file) => `${await sha256(join(folder, file))}  ${file}\n`));
  await writeFile(join(folder, 'SHA256SUMS'), sums.join(''));
  await writeFile(join(folder, 'notes.md'), section.text);
}

/** Files in a fixed order, all of one time: the zip then follows from the content alone. */
async function zipPackage(file: string, time: Date): Promise<void> {
  const folder = `${file}.content`;
  await packageApp(folder);
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
  for (const entry of entries) await utimes(join(folder, entry), time, time);
  await run('zip', ['-q', '-X', resolve(file), ...entries], {
    cwd: folder,
    env: { ...process.env, TZ: 'UTC' },
  });
  await rm(folder, { recursive: true });
}

async function sha256(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

if (import.meta.main) await release(process.argv[2] ?? '', process.argv[3] ?? 'dist/release');
