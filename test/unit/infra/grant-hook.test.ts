import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../../../cli/failure.ts';

const run = promisify(execFile);
const hook = resolve('infra/hooks/grant-graph-role.mjs');
const identity = '11111111-1111-1111-1111-111111111111';
const cli = 'dist/cli/external-groups.js';

/** Takes a command line as cmd.exe does, `/d /s /c "<line>"`: one string, in which nothing is quoted. */
const commandPrompt = `#!/bin/sh
[ "$1 $2 $3" = '/d /s /c' ] || exit 99
line=\${4#\\"}
exec sh -c "\${line%\\"}"
`;

describe.each(['linux', 'win32'])(
  'the hook that grants the Graph role while azd deploys, on %s',
  (platform) => {
    let folder: string;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'grant-hook-'));
      await write('bin/cmd.exe', commandPrompt, 0o755);
      await write('platform.mjs', `Object.defineProperty(process, 'platform', { value: '${platform}' });`);
    });
    afterEach(() => rm(folder, { recursive: true }));

    async function write(file: string, text: string, mode = 0o644): Promise<void> {
      await mkdir(join(folder, dirname(file)), { recursive: true });
      await writeFile(join(folder, file), text);
      await chmod(join(folder, file), mode);
    }

    async function runHook(variables: Record<string, string>): Promise<string> {
      const { stderr } = await run(process.execPath, ['--import', join(folder, 'platform.mjs'), hook], {
        cwd: folder,
        env: {
          PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}`,
          HOME: folder,
          npm_config_update_notifier: 'false',
          ...variables,
        },
      });
      return stderr;
    }

    const callsIn = async (file: string) =>
      (await readFile(join(folder, file), 'utf8').catch(() => '')).split('\n').filter(Boolean);

    describe('with the real npm', () => {
      /** A command line that records its arguments and exits as told. */
      async function buildProject(exitCode: number): Promise<void> {
        await write('package.json', '{ "type": "module" }');
        await symlink(resolve('node_modules'), join(folder, 'node_modules'));
        await write(
          cli,
          `import { appendFileSync } from 'node:fs';
        appendFileSync('calls', process.argv.slice(2).join(' ') + '\\n');
        process.exit(${exitCode});`,
        );
      }

      it('runs the command line that is built already', async () => {
        await buildProject(exitCodes.ok);
        const stderr = await runHook({ ADAPTER_IDENTITY_PRINCIPAL_ID: identity });
        expect(await callsIn('calls')).toEqual([`grant --identity ${identity}`]);
        expect(stderr).not.toContain('grant');
      });

      it.each([
        ['upn,mail', 'User.ReadBasic.All'],
        ['upn, employeeId', 'User.Read.All'],
      ])('grants the role that looks up %s as well', async (names, role) => {
        await buildProject(exitCodes.ok);
        await runHook({ ADAPTER_IDENTITY_PRINCIPAL_ID: identity, MEMBER_NAMES: names });
        expect(await callsIn('calls')).toEqual([
          `grant --identity ${identity}`,
          `grant --identity ${identity} --role ${role}`,
        ]);
      });

      it('lets the deployment go on if the right is missing, and says who has to act', async () => {
        await buildProject(exitCodes.notPermitted);
        const stderr = await runHook({ ADAPTER_IDENTITY_PRINCIPAL_ID: identity });
        expect(stderr).toContain('Your sign-in may not grant the role.');
        expect(stderr).toContain(`npx external-groups grant --identity ${identity}`);
      });

      it('does not blame a missing right for another failure', async () => {
        await buildProject(exitCodes.failed);
        const stderr = await runHook({ ADAPTER_IDENTITY_PRINCIPAL_ID: identity });
        expect(stderr).toContain('failed (exit code 1)');
        expect(stderr).not.toContain('may not grant');
        expect(stderr).toContain(`npx external-groups grant --identity ${identity}`);
      });
    });

    describe('with an npm that records how it is called', () => {
      const recordNpm = (exitCode: number) =>
        write('bin/npm', `#!/bin/sh\necho "$*" >> "${folder}/calls"\nexit ${exitCode}\n`, 0o755);

      it('installs and builds first if there is nothing yet', async () => {
        await recordNpm(0);
        await runHook({ ADAPTER_IDENTITY_PRINCIPAL_ID: identity });
        expect(await callsIn('calls')).toEqual([
          'ci',
          'run --silent build',
          `exec -- node ${cli} grant --identity ${identity}`,
        ]);
      });

      it('says that it could not build', async () => {
        await recordNpm(1);
        const stderr = await runHook({ ADAPTER_IDENTITY_PRINCIPAL_ID: identity });
        expect(await callsIn('calls')).toEqual(['ci']);
        expect(stderr).toContain('could not be built');
      });

      it.each(['', 'nobody', `${identity}; touch stolen`])(
        'passes nothing on to a shell but an id: "%s"',
        async (id) => {
          await recordNpm(0);
          const stderr = await runHook({ ADAPTER_IDENTITY_PRINCIPAL_ID: id });
          expect(await callsIn('calls')).toEqual([]);
          expect(stderr).toContain('holds no object id');
        },
      );
    });
  },
);
