/**
 * `npm run check:openapi`: reads the OpenAPI document with the tools that callers use: Redocly, Spectral (`spectral:oas`)
 * and, if `kiota` is on the path, Kiota's generator for C#. Each must end without an error and without a warning. Downloads
 * the first two with npx, at the versions below.
 */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { env } from 'node:process';
import { promisify } from 'node:util';
import { buildOpenApi } from '../src/http/openapi.ts';

const run = promisify(execFile);
const folder = '.local/openapi';
const document = `${folder}/openapi.json`;
const ruleset = `${folder}/spectral.json`;

interface Tool {
  readonly command: string;
  readonly arguments: readonly string[];
}

const tools: readonly Tool[] = [
  npx('@redocly/cli@2.77.0', 'redocly', 'lint', '--extends=recommended-strict', document),
  npx(
    '@stoplight/spectral-cli@6.16.3',
    'spectral',
    'lint',
    '--fail-severity=hint',
    `--ruleset=${ruleset}`,
    document,
  ),
  {
    command: 'kiota',
    arguments: [
      ...['generate', '--language', 'CSharp', '--openapi', document, '--output', `${folder}/csharp`],
      ...['--class-name', 'GroupsClient', '--namespace-name', 'ExternalGroups', '--clean-output'],
    ],
  },
];

function npx(pack: string, command: string, ...more: string[]): Tool {
  return { command: 'npx', arguments: ['--yes', `--package=${pack}`, '--', command, ...more] };
}

/** What a tool says against the document; null: nothing. */
async function complaint({ command, arguments: given }: Tool): Promise<string | null> {
  // No question about updates, no usage statistics.
  const quiet = {
    KIOTA_OFFLINE_ENABLED: 'true',
    KIOTA_CLI_TELEMETRY_OPTOUT: 'true',
    REDOCLY_TELEMETRY: 'off',
  };
  try {
    const options = { env: { ...env, ...quiet }, maxBuffer: 64 * 1024 * 1024 };
    const { stdout, stderr } = await run(command, [...given], options);
    // Kiota exits with 0 after a warning.
    return command === 'kiota' && /^(?:warn|fail|crit)/m.test(stdout + stderr) ? stdout + stderr : null;
  } catch (thrown) {
    const { code, stdout = '', stderr = '' } = thrown as NodeJS.ErrnoException & Record<string, string>;
    if (command === 'kiota' && code === 'ENOENT') {
      console.log('kiota: not on the path, not run (.ci/restore-kiota has it)');
      return null;
    }
    return `${stdout}${stderr}${String(code)}`;
  }
}

await mkdir(folder, { recursive: true });
await writeFile(document, JSON.stringify(buildOpenApi('alphanumeric'), null, 2));
await writeFile(ruleset, JSON.stringify({ extends: ['spectral:oas'] }));
let faults = 0;
for (const tool of tools) {
  const said = await complaint(tool);
  if (said !== null) console.error(`${tool.command} ${tool.arguments.join(' ')}\n${said}`);
  faults += said === null ? 0 : 1;
}
console.log(`OpenAPI: ${faults} of ${tools.length} tools have something to say`);
process.exitCode = faults === 0 ? 0 : 1;
