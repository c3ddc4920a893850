/**
 * azd's `postprovision` hook: grants the app's identity its application roles in Microsoft Graph, before there is code
 * that could ask for a token. Whether it succeeds or not, it exits with 0: the deployment goes on, and what the app
 * accepts meanwhile waits on its queue. Plain JavaScript, since azd runs it on whatever Node there is.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const identity = process.env.ADAPTER_IDENTITY_PRINCIPAL_ID ?? '';
const cli = 'dist/cli/external-groups.js';
const names = process.env.MEMBER_NAMES ?? '';
/** The role that the command line grants by default, then the one that looks up names. */
const grants = [
  [],
  ...(names === ''
    ? []
    : [['--role', /employeeId|sid/.test(names) ? 'User.Read.All' : 'User.ReadBasic.All']]),
].map((role) => ['grant', '--identity', identity, ...role]);
/** The exit code of the command line when the sign-in lacks the right (docs/cli.md). */
const notPermitted = 3;

/**
 * Returns npm's exit code. On Windows npm is a batch file, which only a shell starts; the shell takes one line and
 * quotes nothing, so no argument may hold a space.
 */
function npm(...args) {
  const { status, error } =
    process.platform === 'win32'
      ? spawnSync(['npm', ...args].join(' '), { stdio: 'inherit', shell: true })
      : spawnSync('npm', args, { stdio: 'inherit' });
  if (error !== undefined) console.error(`npm cannot be started: ${error.message}`);
  return status;
}

/** After `azd provision` alone nothing is built. */
function isBuilt() {
  if (existsSync(cli)) return true;
  return (existsSync('node_modules') || npm('ci') === 0) && npm('run', '--silent', 'build') === 0;
}

/** Why the role is not granted; null if it is. */
function grant() {
  if (!/^[0-9a-f-]{36}$/i.test(identity))
    return 'ADAPTER_IDENTITY_PRINCIPAL_ID holds no object id. Has `azd provision` succeeded?';
  if (!isBuilt()) return 'The command line could not be built; npm says why above.';
  for (const command of grants) {
    // npm puts the project's own Node on the path.
    const status = npm('exec', '--', 'node', cli, ...command);
    if (status === notPermitted)
      return 'Your sign-in may not grant the role. Have somebody run one of the commands above.';
    if (status !== 0)
      return `The attempt to grant the role failed (exit code ${status}); the message above says why. Your right to grant it may be fine.`;
  }
  return null;
}

const reason = grant();
if (reason !== null)
  console.error(`
${reason}

Until the role is granted, the app cannot write external groups: what it accepts waits on its queue. The deployment goes on.
To grant the role later: ${grants.map((command) => `npx external-groups ${command.join(' ')}`).join(' && ')}
Who may do that, and what to ask them: docs/deploy.md, "The role in Microsoft Graph".`);
