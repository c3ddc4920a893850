import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const hook = resolve('infra/hooks/grant-graph-role.mjs');
const identity = '11111111-1111-1111-1111-111111111111';

describe('the hook that grants the Graph role while azd deploys', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'grant-hook-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** A project in which `npm` records how it is called and exits as configured. */
  async function runHook(exitCode: number, files: readonly string[], variables: Record<string, string>) {
    for (const file of files) {
      await mkdir(join(folder, dirname(file)), { recursive: true });
      await writeFile(join(folder, file), '');
    }
    const npm = join(folder, 'bin', 'npm');
    await mkdir(dirname(npm));
    await writeFile(npm, `#!/bin/sh\necho "$*" >> "${folder}/calls"\nexit ${exitCode}\n`);
    await chmod(npm, 0o755);
    const path = `${dirname(npm)}${delimiter}${process.env.PATH}`;
    const { stderr } = await run(process.execPath, [hook], {
      cwd: folder,
      env: { PATH: path, ...variables },
    });
    const calls = await readFile(join(folder, 'calls'), 'utf8').catch(() => '');
    return { stderr, calls: calls.split('\n').filter(Boolean) };
  }

  const grant = `exec --call node dist/cli/external-groups.js grant --identity ${identity}`;

  it('runs the command line that the package step has built', async () => {
    const { calls, stderr } = await runHook(0, ['dist/cli/external-groups.js'], {
      ADAPTER_IDENTITY_PRINCIPAL_ID: identity,
    });
    expect(calls).toEqual([grant]);
    expect(stderr).toBe('');
  });

  it('installs and builds first if there is nothing yet', async () => {
    const { calls } = await runHook(0, [], { ADAPTER_IDENTITY_PRINCIPAL_ID: identity });
    expect(calls).toEqual(['ci', 'run --silent build', grant]);
  });

  it('lets the deployment go on if the right to grant is missing, and says what is left to do', async () => {
    const { calls, stderr } = await runHook(4, ['dist/cli/external-groups.js'], {
      ADAPTER_IDENTITY_PRINCIPAL_ID: identity,
    });
    expect(calls).toEqual([grant]);
    expect(stderr).toContain(`npx external-groups grant --identity ${identity}`);
  });

  it.each(['', 'nobody', `${identity}; touch stolen`])(
    'passes nothing on to a shell but an id: "%s"',
    async (id) => {
      const { calls, stderr } = await runHook(0, ['dist/cli/external-groups.js'], {
        ADAPTER_IDENTITY_PRINCIPAL_ID: id,
      });
      expect(calls).toEqual([]);
      expect(stderr).toContain('holds no object id');
    },
  );
});
