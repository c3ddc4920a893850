import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { okta } from '../../../sources/okta.ts';
import { documentedEvent } from './events.ts';

const run = promisify(execFile);

/** The code on the page, in a folder where its imports lead to the product. */
let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'external-groups-source-'));
  file = join(folder, 'sources', 'okta.ts');
  const page = await readFile('docs/sources.md', 'utf8');
  const [, code = ''] = /^```ts\n([\s\S]+?)^```$/m.exec(page) ?? [];
  await mkdir(join(folder, 'sources'));
  await writeFile(file, code);
  for (const name of ['src', 'node_modules', 'package.json'])
    await symlink(resolve(name), join(folder, name));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the compiler says, by the rules of the project. */
async function compile(): Promise<string> {
  const { compilerOptions } = JSON.parse(await readFile('tsconfig.json', 'utf8'));
  const config = join(folder, 'tsconfig.json');
  await writeFile(config, JSON.stringify({ compilerOptions, include: ['sources'] }));
  return run(resolve('node_modules/.bin/tsc'), ['-p', config]).then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout,
  );
}

it('the source that is walked through compiles; without a sequence it does not', {
  timeout: 120_000,
}, async () => {
  expect(await compile()).toBe('');
  const code = await readFile(file, 'utf8');
  await writeFile(file, code.replace(/, sequence: sequenceAt\([^)]*\)/, ''));
  expect(await compile()).toMatch(/'sequence' is missing/);
  await writeFile(file, code);
});

it('the source that is walked through maps the documented events as the one of this repository does', {
  timeout: 120_000,
}, async () => {
  const script = `
    const { okta } = await import(${JSON.stringify(pathToFileURL(file).href)});
    console.log(JSON.stringify([
      okta.map(${JSON.stringify(documentedEvent('okta-membership-add'))}),
      okta.map(${JSON.stringify(documentedEvent('okta-membership-remove'))}),
    ]));`;
  const { stdout } = await run(process.execPath, [
    '--preserve-symlinks',
    '--input-type=module',
    '-e',
    script,
  ]);
  const [add, remove] = JSON.parse(stdout);
  const inProduct = (name: string) =>
    [okta.map(documentedEvent(name))].flat().filter((change) => !('group' in change));
  expect(add).toEqual(inProduct('okta-membership-add'));
  expect(remove).toEqual(inProduct('okta-membership-remove'));
});
