import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { entryOf, rootOf } from './peers.ts';

/**
 * Bytes of the deployed package, packed. Counted as the sum of its files deflated at level 9 and, for each, the two
 * headers of a zip; no zip is written.
 */
export async function packedSize(
  folder: string = dirname(entryOf('ours')),
): Promise<{ readonly packed: number; readonly files: number }> {
  const built = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = [
    ...built.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name)),
    join(rootOf('ours'), 'host.json'),
    join(rootOf('ours'), 'package.json'),
  ];
  let packed = 22;
  for (const path of paths) {
    // The name is in both headers.
    const inZip = path.startsWith(folder)
      ? join('dist/functions', relative(folder, path))
      : relative(rootOf('ours'), path);
    const name = Buffer.byteLength(inZip);
    packed += deflateRawSync(await readFile(path), { level: 9 }).length + 30 + 46 + 2 * name;
  }
  return { packed, files: paths.length };
}
