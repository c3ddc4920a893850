import type { HostProcess } from './host-process.ts';
import type { Stack } from './stack.ts';

/** Formats a heading; the identity function if the output is not a terminal. */
export type Emphasis = (text: string) => string;

/** The start screen: what runs where, a first request, and how to make Graph misbehave. */
export function welcome(stack: Stack, host: HostProcess, hostName: string, emphasis: Emphasis): string {
  const { graph, identity, telemetry, control, azurite } = stack;
  const body = JSON.stringify({
    id: '31bea3d537902000',
    displayName: 'Contoso Marketing',
    description: 'The product marketing team',
  });
  const members = JSON.stringify({
    members: [{ type: 'user', id: '6f0b7a52-0a5e-4c4f-9a43-6d0a37d2b5c1' }],
  });
  const rule = JSON.stringify({
    match: { method: 'POST' },
    times: 3,
    fault: { kind: 'throttle', retryAfter: '5' },
  });
  const rows = [
    ['functions', host.url, hostName],
    ['graph', graph.url, 'stand-in; knows the connection contosohr'],
    ['identity', identity.url, 'managed identity'],
    ['storage', azurite.endpoints.queue, `Azurite; blob ${azurite.ports.blob}, table ${azurite.ports.table}`],
    ['telemetry', `https://localhost:${telemetry.port}`, 'stand-in for Application Insights'],
    ['control', control.url, 'watches and breaks the stand-ins; open it for help'],
  ] as const;
  const width = Math.max(...rows.map(([, url]) => url.length));
  return [
    emphasis('external-groups-adapter runs on this machine, against stand-ins for Azure.'),
    '',
    ...rows.map(([name, url, note]) => `  ${name.padEnd(10)} ${url.padEnd(width)}  ${note}`),
    '',
    `  function key: ${stack.functionKey}`,
    `  master key:   ${stack.masterKey}`,
    '',
    emphasis('Create a group'),
    `curl -i ${host.url}/api/connections/contosohr/groups -H 'x-functions-key: ${stack.functionKey}' -H 'content-type: application/json' -d '${body}'`,
    '',
    emphasis('Declare a group and who is in it'),
    `curl -i -X PUT ${host.url}/api/connections/contosohr/groups/nightshift -H 'x-functions-key: ${stack.functionKey}' -H 'content-type: application/json' -d '{"displayName":"Night shift"}'`,
    `curl -i -X PUT ${host.url}/api/connections/contosohr/groups/nightshift/members -H 'x-functions-key: ${stack.functionKey}' -H 'content-type: application/json' -d '${members}'`,
    '',
    emphasis('Make Graph throttle the next three creates'),
    `curl -X PUT ${control.url}/faults -d '${rule}'`,
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
