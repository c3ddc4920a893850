import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mergeStart } from '../../../scripts/merge-start.ts';

const sources = {
  'count.ts': 'export let count = 0; export function add() { count += 1; }',
  'later.ts': "import { add, count } from './count.ts'; export function addLater() { add(); return count; }",
  'entry.ts': `import { add, count } from './count.ts';
    export { count, add };
    export const later = () => import('./later.ts');`,
};

describe('a build whose start is merged', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'merge-start-'));
    for (const [name, text] of Object.entries(sources)) await writeFile(join(folder, name), text);
    const entry = join(folder, 'entry.ts');
    const { metafile, outputFiles } = await build({
      entryPoints: [entry],
      outdir: join(folder, 'dist'),
      bundle: true,
      splitting: true,
      format: 'esm',
      metafile: true,
      write: false,
    });
    const files = new Map(outputFiles.map(({ path, contents }) => [relative('.', path), contents]));
    await mergeStart(metafile, files, relative('.', entry));
    await mkdir(join(folder, 'dist'));
    for (const [path, contents] of files) await writeFile(path, contents);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('starts from one file', async () => {
    const text = await readFile(join(folder, 'dist/entry.js'), 'utf8');
    expect(text).not.toMatch(/\bfrom ?"/);
  });

  it('shares each module with what loads later', async () => {
    const app = (await import(pathToFileURL(join(folder, 'dist/entry.js')).href)) as {
      readonly count: number;
      readonly add: () => void;
      readonly later: () => Promise<{ readonly addLater: () => number }>;
    };
    app.add();
    const { addLater } = await app.later();
    expect(addLater()).toBe(2);
    expect(app.count).toBe(2);
  });
});
