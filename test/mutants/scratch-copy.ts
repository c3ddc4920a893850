import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Alteration, altered } from '../chaos/alter-sources.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Neither sources nor what tests read. */
const left = ['node_modules', 'dist', 'coverage', '.git', '.local'];

/** A copy of the project in which sources can be broken while somebody works on the project itself. */
export interface ScratchCopy {
  readonly folder: string;
  /** Does something with broken sources, and puts them right again. */
  readonly broken: <T>(alterations: readonly Alteration[], use: () => Promise<T>) => Promise<T>;
  readonly remove: () => Promise<void>;
}

export async function makeScratchCopy(): Promise<ScratchCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'external-groups-mutants-'));
  const names = await readdir(root);
  for (const name of names.filter((one) => !left.includes(one)))
    await cp(join(root, name), join(folder, name), {
      recursive: true,
      filter: (path) => !path.includes('node_modules'),
    });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  return {
    folder,
    broken: async (alterations, use) => {
      const files = new Map<string, string>();
      for (const { file } of alterations) files.set(file, await readFile(join(folder, file), 'utf8'));
      try {
        for (const [file, source] of files)
          await writeFile(
            join(folder, file),
            altered(
              source,
              alterations.filter((one) => one.file === file),
            ),
          );
        return await use();
      } finally {
        for (const [file, source] of files) await writeFile(join(folder, file), source);
      }
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The mutants' texts that the sources do not have exactly once, in words. */
export async function staleTexts(alterations: readonly Alteration[]): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const one of alterations)
    try {
      altered(await readFile(join(root, one.file), 'utf8'), [one]);
    } catch (thrown) {
      faults.push(thrown instanceof Error ? thrown.message : String(thrown));
    }
  return faults;
}
