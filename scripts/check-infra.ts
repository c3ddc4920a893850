/**
 * `npm run check:infra [-- --write]`: compiles, lints and formats the templates with the `bicep` on the path, and
 * compares the results with what is committed: `infra/main.json` and the snapshots. With `--write` it writes these
 * instead. Needs no network and no Azure.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { env } from 'node:process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const writes = process.argv.includes('--write');
const faults: string[] = [];

/** What `bicep snapshot` cannot know without Azure: any fixed values will do. */
const scope = [
  '--subscription-id=00000000-0000-0000-0000-000000000001',
  '--tenant-id=00000000-0000-0000-0000-000000000002',
  '--location=westeurope',
  '--deployment-name=groups',
];

/** A deployment with every variable of main.bicepparam set. */
const everyVariable = {
  AZURE_ENV_NAME: 'groups',
  AZURE_LOCATION: 'westeurope',
  EXTERNAL_CONNECTIONS: 'contosohr,contosocrm',
  GRAPH_CLOUD: 'usgov-l5',
  GROUP_ID_CHARACTERS: 'base64url',
  GRAPH_DEADLINE: 'PT20S',
  DEFERRAL_GIVE_UP_AFTER: 'P3D',
  HTTP_STREAMING: 'true',
  MEMBER_NAMES: 'upn,mail',
  VERIFY_GROUPS: '0 0 3 * * *',
  WEBHOOK_SECRETS_VAULT: 'kv-secrets',
  WEBHOOK_SECRETS_VAULT_GROUP: 'rg-secrets',
  WEBHOOK_SECRETS_NAME: 'webhooks',
  SOURCES: 'okta=contosohr, gitlab=contosocrm',
  SOURCE_SECRETS_VAULT: 'kv-sources',
  SOURCE_SECRETS_VAULT_GROUP: 'rg-secrets',
  PRODUCER_PRINCIPAL_IDS: 'a, b',
  PRODUCER_PRINCIPAL_TYPE: 'Group',
  OPERATOR_PRINCIPAL_IDS: 'c',
  OPERATOR_PRINCIPAL_TYPE: 'Group',
  ENTRA_CLIENT_ID: 'd',
  ENTRA_ALLOWED_APPLICATIONS: 'e,f',
  HOSTING_PLAN: 'dedicated',
  DEDICATED_SKU: 'B1',
  DEDICATED_INSTANCES: '2',
  FUNCTIONS_NODE_VERSION: '24',
  INSTANCE_MEMORY_MB: '512',
  MAXIMUM_INSTANCE_COUNT: '100',
  ALWAYS_READY_HTTP_INSTANCES: '2',
  ALWAYS_READY_QUEUE_INSTANCES: '1',
  HTTP_CONCURRENCY: '64',
  ZONE_REDUNDANT: 'true',
  STORAGE_REPLICATION: 'GZRS',
  DELETE_LOCK: 'true',
  NETWORK_ISOLATION: 'true',
  INBOUND: 'private',
  INBOUND_ALLOWED_ADDRESSES: '203.0.113.7, 198.51.100.0/24',
  STORAGE_ALLOWED_ADDRESSES: '203.0.113.7',
  EXISTING_APP_SUBNET_ID:
    '/subscriptions/x/resourceGroups/y/providers/Microsoft.Network/virtualNetworks/z/subnets/a',
  EXISTING_ENDPOINT_SUBNET_ID:
    '/subscriptions/x/resourceGroups/y/providers/Microsoft.Network/virtualNetworks/z/subnets/b',
  NETWORK_ADDRESS_PREFIX: '10.1.0.0/24',
  NAT_GATEWAY: 'true',
  EXISTING_NAT_GATEWAY_ID: '/subscriptions/x',
  EXISTING_NETWORK_SECURITY_GROUP_ID: '/subscriptions/x',
  EXISTING_ROUTE_TABLE_ID: '/subscriptions/x',
  EXISTING_PRIVATE_DNS_ZONE_IDS: '/x/privatelink.blob.core.windows.net, /x/privatelink.azurewebsites.net',
  ALERT_EMAIL: 'oncall@contoso.com',
  ACTION_GROUP_IDS: '/subscriptions/x',
  ALERTS_ENABLED: 'false',
  TELEMETRY_RETENTION_DAYS: '90',
};

/** An error if the command fails or writes anything to standard error: Bicep exits with 0 after a warning. */
async function bicep(args: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  const options = { env: { ...env, ...variables }, maxBuffer: 64 * 1024 * 1024 };
  const { stdout, stderr } = await run('bicep', [...args], options).catch((thrown: unknown) => {
    const { code, stdout, stderr } = thrown as NodeJS.ErrnoException & { stdout?: string; stderr?: string };
    if (code === 'ENOENT') {
      console.error('no `bicep` on the path: az bicep install, or .ci/restore-bicep');
      process.exit(1);
    }
    return { stdout: '', stderr: `${stdout}${stderr}` };
  });
  if (stderr.trim() !== '') faults.push(`bicep ${args.join(' ')}\n${stderr.trim()}`);
  return stdout;
}

/** Compares with what is committed, or writes it. */
async function hold(path: string, current: string, same: (a: string, b: string) => boolean): Promise<void> {
  const committed = await readFile(path, 'utf8').catch(() => '');
  if (same(committed, current)) return;
  if (writes) await writeFile(path, current);
  else faults.push(`${path} is not up to date (run: npm run check:infra -- --write)`);
}

/** Each template names the version of its compiler, and a hash that follows from it: those may differ. */
function withoutGenerator(template: string): string {
  return JSON.stringify(
    JSON.parse(template || 'null', (key: string, value: unknown) =>
      key === '_generator' ? undefined : value,
    ),
  );
}

/** Bicep writes the outputs in an order that changes from run to run. */
async function sortOutputs(path: string): Promise<void> {
  const snapshot = JSON.parse(await readFile(path, 'utf8')) as { outputs: Record<string, unknown> };
  const outputs = Object.fromEntries(Object.entries(snapshot.outputs).sort());
  await writeFile(path, `${JSON.stringify({ ...snapshot, outputs }, null, 2)}\n`);
}

const sources = (await readdir('infra', { recursive: true }))
  .filter((file) => /\.bicep(?:param)?$/.test(file))
  .map((file) => `infra/${file.replaceAll('\\', '/')}`)
  .sort();
const snapshots = sources.filter((file) => /^infra\/snapshots\/.*\.bicepparam$/.test(file));

console.log((await bicep(['--version'])).trim());
for (const file of sources) await hold(file, await bicep(['format', file, '--stdout']), (a, b) => a === b);
const linted = sources.filter((file) =>
  /^infra\/(?:main|monitoring\/monitoring|examples\/.*)\.bicep$/.test(file),
);
for (const file of linted) await bicep(['lint', file]);
const template = await bicep(['build', 'infra/main.bicep', '--stdout']);
if (template !== '')
  await hold('infra/main.json', template, (a, b) => withoutGenerator(a) === withoutGenerator(b));
for (const variables of [{ AZURE_ENV_NAME: 'groups', AZURE_LOCATION: 'westeurope' }, everyVariable])
  await bicep(['build-params', 'infra/main.bicepparam', '--stdout'], variables);
for (const file of snapshots) {
  await bicep(['snapshot', file, '--mode', writes ? 'overwrite' : 'validate', ...scope]);
  if (writes) await sortOutputs(file.replace(/\.bicepparam$/, '.snapshot.json'));
}

for (const fault of faults) console.error(`\n${fault}`);
console.log(`${sources.length} templates, ${snapshots.length} snapshots: ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
