/**
 * azd's `postprovision` hook: grants the app's identity its application role in Microsoft Graph, before there is code
 * that could ask for a token. Whether it could or not, it exits with 0: the deployment goes on, and what the app is
 * given meanwhile waits on its queue. Plain JavaScript, since azd runs it on whatever Node there is.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const identity = process.env.ADAPTER_IDENTITY_PRINCIPAL_ID ?? '';
const command = `grant --identity ${identity}`;
const cli = 'dist/cli/external-groups.js';

/** npm puts the project's own Node on the path. */
function npm(...args) {
  const { status, error } = spawnSync('npm', args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (error !== undefined) console.error(`npm cannot be started: ${error.message}`);
  return status === 0;
}

/** `azd provision` alone leaves nothing behind that could be run. */
function isBuilt() {
  if (existsSync(cli)) return true;
  return (existsSync('node_modules') || npm('ci')) && npm('run', '--silent', 'build');
}

function grant() {
  if (!/^[0-9a-f-]{36}$/i.test(identity)) {
    console.error('ADAPTER_IDENTITY_PRINCIPAL_ID holds no object id: has `azd provision` succeeded?');
    return false;
  }
  return isBuilt() && npm('exec', '--call', `node ${cli} ${command}`);
}

if (!grant())
  console.error(`
The identity may not write external groups yet. The deployment goes on; what the app is given waits on its queue.
Have the role granted as soon as you can: npx external-groups ${command}
Who may do that, and what to ask them: docs/deploy.md, "The role in Microsoft Graph".`);
