import type { Stack } from './stack.ts';
import { webhookSecretOf } from './stack-file.ts';

/** Formats a heading; the identity function if the output is not a terminal. */
export type Emphasis = (text: string) => string;

/** Where callers reach the app. */
interface Front {
  readonly url: string;
  /** What serves it. */
  readonly name: string;
}

/** What the commands of the start screen, README and docs/groups.md use, as assignments for sh and for PowerShell. */
export function shellVariables(stack: Pick<Stack, 'functionKey' | 'certFile'>, url: string) {
  const { functionKey, certFile } = stack;
  // curl trusts the certificate by it.
  const trust: readonly [string, string][] = url.startsWith('https:') ? [['CURL_CA_BUNDLE', certFile]] : [];
  const pairs: readonly [string, string][] = [['ADAPTER', url], ['KEY', functionKey], ...trust];
  return {
    sh: `export ${pairs.map(([name, value]) => `${name}=${value}`).join(' ')}`,
    powershell: pairs
      .map(([name, value]) => `${name === 'CURL_CA_BUNDLE' ? `$env:${name}` : `$${name}`} = '${value}'`)
      .join('; '),
  };
}

/** The start screen: what runs where, a first request, and how to make Graph misbehave. */
export function welcome(stack: Stack, front: Front, emphasis: Emphasis): string {
  const { graph, identity, telemetry, control, azurite } = stack;
  const rows = [
    ['functions', front.url, front.name],
    ['graph', graph.url, 'stand-in; knows the connection contosohr'],
    ['identity', identity.url, 'managed identity'],
    ['storage', azurite.endpoints.queue, `Azurite; blob ${azurite.ports.blob}, table ${azurite.ports.table}`],
    ['telemetry', `https://localhost:${telemetry.port}`, 'stand-in for Application Insights'],
    ['control', control.url, 'watches and breaks the stand-ins; open it for help'],
  ] as const;
  const width = Math.max(...rows.map(([, url]) => url.length));
  const variables = shellVariables(stack, front.url);
  const isSigned = webhookSecretOf(stack) !== null;
  const rule = { match: { method: 'POST' }, times: 3, fault: { kind: 'throttle', retryAfter: '5' } };
  return [
    emphasis('external-groups-adapter runs on this machine, against stand-ins for Azure.'),
    '',
    ...rows.map(([name, url, note]) => `  ${name.padEnd(10)} ${url.padEnd(width)}  ${note}`),
    '',
    `  master key: ${stack.masterKey}`,
    '',
    emphasis('In another terminal, first (sh, then PowerShell)'),
    variables.sh,
    variables.powershell,
    '',
    emphasis('Create a group'),
    request('POST', `${groups}`, marketing, isSigned),
    '',
    emphasis('Declare a group and who is in it'),
    ...(isSigned ? signedChanges : changes).map(([method, path, body]) =>
      request(method, path, body, isSigned),
    ),
    '',
    emphasis('Make Graph throttle the next three creates'),
    `curl -X PUT ${control.url}/faults -d '${JSON.stringify(rule)}'`,
    '',
    emphasis('What Graph saw, and what it holds, members too'),
    `curl '${control.url}/calls?limit=5'`,
    `curl ${control.url}/groups`,
    '',
    emphasis('Check that everything is in place'),
    'npx external-groups doctor',
    '',
  ].join('\n');
}

const groups = '/api/connections/contosohr/groups';
const marketing = {
  id: '31bea3d537902000',
  displayName: 'Contoso Marketing',
  description: 'The product marketing team',
};
const warehouse = { displayName: 'Warehouse' };
const members = [{ type: 'user', id: '6f8d1c1e-52a4-4a0a-9d65-0b7a5c4f0a11' }];

type Request = readonly [method: string, path: string, body: object];
const changes: readonly Request[] = [
  ['PUT', `${groups}/warehouse`, warehouse],
  ['PUT', `${groups}/warehouse/members`, { members }],
];
/** Where changes must be signed, each is one message that says everything. */
const ofWarehouse = { connectionId: 'contosohr', groupId: 'warehouse' };
const signedChanges: readonly Request[] = [
  ['POST', '/api/changes', { ...ofWarehouse, sequence: 1, group: warehouse }],
  ['POST', '/api/changes', { ...ofWarehouse, sequence: 1, members }],
];

/** One command for the terminal; a signed one has its headers from `external-groups sign`. */
function request(method: string, path: string, body: object, isSigned: boolean): string {
  const text = JSON.stringify(body);
  const verb = method === 'POST' ? '' : ` -X ${method}`;
  const call = `-i${verb} "$ADAPTER${path}" -H "x-functions-key: $KEY" -H 'content-type: application/json' -d '${text}'`;
  return isSigned ? `npx external-groups sign --body '${text}' | curl -H @- ${call}` : `curl ${call}`;
}
