import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { createCanonicalId } from '../../../src/groups/connection-id.ts';
import { createTargetReader } from '../../../src/groups/target.ts';
import type { Endpoint } from '../../../src/http/endpoint.ts';
import { createChangeEndpoint } from '../../../src/http/groups/change-endpoint.ts';
import { createPostChangeEndpoint } from '../../../src/http/groups/post-change-endpoint.ts';
import {
  createGetGroupEndpoint,
  createListGroupsEndpoint,
  createListMembersEndpoint,
} from '../../../src/http/groups/read-endpoints.ts';
import { createSignatures, type Signatures } from '../../../src/http/verify-signature.ts';
import { createChangeReader, type DeclaredKind } from '../../../src/ledger/change-reader.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { createMemoryLedger, type MemoryLedger } from '../../support/memory-ledger.ts';

export interface DeclaredGroupsAdapter {
  readonly url: string;
  readonly ledger: MemoryLedger;
  /** `PUT /api/…?dryRun=true`, one per request so far. */
  readonly requests: string[];
  /** Secrets with which requests must be signed from now on. */
  readonly askForSignatures: (secrets: readonly string[]) => void;
  readonly close: () => Promise<void>;
}

/** The adapter's own routes of declared groups, over a ledger in memory. */
export async function startDeclaredGroupsAdapter(): Promise<DeclaredGroupsAdapter> {
  const ledger = createMemoryLedger();
  const requests: string[] = [];
  let signatures = createSignatures([]);
  const callers = {
    requireLength: () => undefined,
    signatures: {
      verify: (...given: Parameters<Signatures['verify']>) => signatures.verify(...given),
      refuseUncovered: (connectionId: string) => signatures.refuseUncovered(connectionId),
    },
    canonicalId: createCanonicalId(['contosohr']),
  };
  const target = createTargetReader('alphanumeric');
  const reading = { callers, target, ledger, graphDeadline: 1_000, clock: systemClock };
  const changing = {
    callers,
    reader: createChangeReader('alphanumeric'),
    ledger,
    graphDeadline: 1_000,
    clock: systemClock,
  };
  const change = (kind: DeclaredKind) => createChangeEndpoint(kind, changing);
  const routes: Readonly<Record<string, Endpoint>> = {
    'POST change': createPostChangeEndpoint({ ...changing, idCharacters: 'alphanumeric' }),
    'GET groups': createListGroupsEndpoint(reading),
    'GET group': createGetGroupEndpoint(reading),
    'PUT group': change('put-group'),
    'DELETE group': change('delete-group'),
    'GET members': createListMembersEndpoint(reading),
    'PUT members': change('put-members'),
    'PATCH members': change('patch-members'),
  };

  const server = createServer(async (request, response) => {
    const url = `http://${request.headers.host}${request.url}`;
    requests.push(`${request.method} ${request.url}`);
    const [, , , connectionId = '', , groupId, members] = new URL(url).pathname
      .split('/')
      .map(decodeURIComponent);
    const isChange = new URL(url).pathname === '/api/changes';
    const what = isChange ? 'change' : (members ?? (groupId === undefined ? 'groups' : 'group'));
    const endpoint = routes[`${request.method} ${what}`];
    if (endpoint === undefined || request.headers['x-functions-key'] !== 'stack-key') {
      response.writeHead(endpoint === undefined ? 404 : 401).end();
      return;
    }
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers)) headers.set(name, String(value));
    const answer = await endpoint(
      {
        method: request.method ?? '',
        url,
        headers,
        params: { connectionId, ...(groupId === undefined ? {} : { groupId }) },
        body: Readable.toWeb(request) as ReadableStream<Uint8Array>,
      },
      { invocationId: 'test', traceContext: undefined, log: () => undefined },
    );
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ledger,
    requests,
    askForSignatures: (secrets) => {
      signatures = createSignatures(secrets.map((secret) => ({ connectionId: null, secret })));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
