import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shellVariables } from '../../local/stack/welcome.ts';
import { createWorkspace, type Workspace } from '../integration/cli/workspace.ts';
import { type DeclaredClient, startDeclaredClient } from './declared-client.ts';

interface Block {
  readonly language: string;
  readonly name: string;
  readonly text: string;
}

/** The fenced blocks of a page: `sh` is run, `text` is the output of the preceding `sh`, `powershell` is left out, any other is a file. */
function blocksOf(page: string): Block[] {
  return [...page.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', name = '', text = '']) => ({ language, name, text }),
  );
}

/** Blocks of README that set up a machine, which this test has done: everything else is pasted. */
const setsUp = /^(?:npm ci|cp local\.settings)/;

describe('what a newcomer pastes', () => {
  let client: DeclaredClient;
  let workspace: Workspace;
  beforeAll(async () => {
    [client, workspace] = await Promise.all([startDeclaredClient(), createWorkspace()]);
    await workspace.writeStack({
      storage: client.stack.azurite.connectionString,
      functionsUrl: client.stack.host?.url,
      functionKey: client.stack.functionKey,
      graph: {
        url: client.stack.graph.url,
        certificate: client.stack.certificate.cert,
        operatorToken: client.stack.operatorToken,
      },
    });
    // `npx external-groups` as it is after `npm run build`, without using a registry.
    await mkdir(workspace.path('bin'));
    const cli = resolve('dist/cli/external-groups.js');
    await workspace.write('bin/npx', `#!/bin/sh\nshift\nexec "${process.execPath}" "${cli}" "$@"\n`);
    await chmod(workspace.path('bin/npx'), 0o755);
  });
  afterAll(async () => {
    await client.close();
    await workspace.remove();
  });

  function run(script: string): Promise<string> {
    const { HOME = '', PATH = '' } = process.env;
    const env = {
      HOME,
      PATH: `${workspace.path('bin')}:${PATH}`,
    };
    // As `npm start` prints it; nothing else is set.
    const { sh } = shellVariables(client.stack, client.stack.host?.url ?? '');
    return new Promise((done) => {
      execFile(
        'bash',
        ['-c', `set -u\n${sh}\n${script}`],
        { cwd: workspace.folder, env },
        (_error, stdout, stderr) => done(stdout + stderr),
      );
    });
  }

  it('from README creates a group, and declares one with a member', async () => {
    const page = await readFile('README.md', 'utf8');
    const blocks = blocksOf(page).filter(({ language, text }) => language === 'sh' && !setsUp.test(text));
    expect(blocks).toHaveLength(2);
    const printed: string[] = [];
    for (const { text } of blocks) printed.push(await run(text));
    expect(printed[0]).toMatch(/^HTTP\/1\.1 201 /m);
    expect(printed[1]).toMatch(/"id":"warehouse".*"state":"applied","members":\{"applied":1,/);
    expect(client.inGraph('warehouse')).toHaveLength(1);
    // The walk-through begins with groups that do not exist yet.
    const walk = await readFile('docs/groups.md', 'utf8');
    for (const { id } of client.stack.graph.groups()) expect(walk).not.toContain(id);
  });

  it('from docs/groups.md does what it says, command by command', async () => {
    const blocks = blocksOf(await readFile('docs/groups.md', 'utf8'));
    expect(blocks.filter(({ language }) => language === 'sh').length).toBeGreaterThan(5);
    let printed = '';
    for (const { language, name, text } of blocks) {
      if (language === 'sh') printed = await run(text);
      else if (language === 'text') expect(printed).toBe(text);
      else if (language !== 'powershell') await writeFile(workspace.path(name), text);
    }
    const members = (id: string) => client.inGraph(id)?.length;
    expect([members('earlyshift'), members('nightshift'), members('plant7')]).toEqual([3, 12, 2]);
  });
});
