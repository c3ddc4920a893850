import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Certificate, createCertificate } from '../../../local/stack/certificate.ts';
import {
  type GraphStandIn,
  type GraphStandInOptions,
  startGraphStandIn,
} from '../../../local/stand-ins/graph/graph-stand-in.ts';
import { createTokenIssuer, type TokenIssuer } from '../../../local/stand-ins/identity/token-issuer.ts';
import { graphAppId, graphRoles } from '../../../src/settings/permissions.ts';
import { type Sent, send } from './send.ts';

const audience = 'https://graph.microsoft.com';
const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10';
const applicationAdministrator = '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3';
const ownedBy = 'ExternalConnection.ReadWrite.OwnedBy';

let tls: Certificate;
let tokens: TokenIssuer;
let graph: GraphStandIn;

async function start(options: Partial<GraphStandInOptions> = {}): Promise<void> {
  tokens = createTokenIssuer({ roles: [] });
  graph = await startGraphStandIn({ ...options, tls, tokens });
}

function operator(directoryRole: string): string {
  return tokens.issueToOperator(audience, {
    scopes: ['AppRoleAssignment.ReadWrite.All'],
    directoryRoles: [directoryRole],
  });
}

async function call(path: string, token: string, sent: Sent = {}) {
  const { status, json } = await send(`${graph.url}/v1.0${path}`, {
    ...sent,
    ca: tls.cert,
    headers: { authorization: `Bearer ${token}` },
  });
  const { code, message } = (json.error ?? {}) as Record<string, unknown>;
  return { status, json, code, message };
}

beforeAll(async () => {
  tls = await createCertificate();
  await start({ directory: { pageSize: 1 } });
});
afterAll(() => graph.close());
beforeEach(() => graph.reset());

describe('service principals', () => {
  it('are found by application id, by object id and by filter', async () => {
    const token = operator(globalAdministrator);
    const byAppId = await call(`/servicePrincipals(appId='${graphAppId}')?$select=id,appRoles`, token);
    expect(byAppId.status).toBe(200);
    expect(Object.keys(byAppId.json)).toEqual(['id', 'appRoles']);
    expect(byAppId.json.appRoles).toContainEqual(
      expect.objectContaining({
        value: 'ExternalItem.ReadWrite.OwnedBy',
        id: graphRoles['ExternalItem.ReadWrite.OwnedBy'],
      }),
    );
    const byObjectId = await call(`/servicePrincipals/${byAppId.json.id}`, token);
    expect(byObjectId.json).toMatchObject({ appId: graphAppId, displayName: 'Microsoft Graph' });
    const filtered = await call(
      `/servicePrincipals?$filter=appId%20eq%20'${tokens.identity.clientId}'`,
      token,
    );
    expect(filtered.json).toMatchObject({ value: [{ id: tokens.identity.objectId }] });
  });

  it('that do not exist are 404', async () => {
    const answer = await call('/servicePrincipals/nobody', operator(globalAdministrator));
    expect([answer.status, answer.code]).toEqual([404, 'Request_ResourceNotFound']);
  });

  it('are shown to no app without the permission', async () => {
    const { token } = tokens.issue(audience);
    expect((await call('/servicePrincipals', token)).status).toBe(403);
  });
});

describe('role assignments', () => {
  const role = 'ExternalItem.ReadWrite.OwnedBy';
  const list = () => `/servicePrincipals/${tokens.identity.objectId}/appRoleAssignments`;
  const graphPrincipal = () => graph.directory.all().find(({ appId }) => appId === graphAppId)?.id ?? '';
  const body = (more: object = {}) => ({
    principalId: tokens.identity.objectId,
    resourceId: graphPrincipal(),
    appRoleId: graphRoles[role],
    ...more,
  });
  const assign = (token: string, more?: object) => call(list(), token, { method: 'POST', body: body(more) });

  it('are made once, and show in the tokens issued after them', async () => {
    const token = operator(globalAdministrator);
    const before = tokens.issue(audience).token;
    expect((await assign(token)).status).toBe(201);
    const again = await assign(token);
    expect([again.status, again.message]).toEqual([
      400,
      'Permission being assigned already exists on the object',
    ]);
    const permissions = (issued: string) => {
      const verdict = tokens.verify(issued, [audience]);
      return verdict.ok ? verdict.caller.permissions : [];
    };
    expect(permissions(before)).toEqual([]);
    expect(permissions(tokens.issue(audience).token)).toEqual([role]);
  });

  it('are listed page by page', async () => {
    const token = operator(globalAdministrator);
    await assign(token);
    await assign(token, { appRoleId: graphRoles['ExternalConnection.ReadWrite.OwnedBy'] });
    const first = await call(list(), token);
    expect(first.json.value).toHaveLength(1);
    const next = new URL(String(first.json['@odata.nextLink']));
    const second = await call(`${next.pathname.replace('/v1.0', '')}${next.search}`, token);
    expect(second.json.value).toHaveLength(1);
    expect(second.json['@odata.nextLink']).toBeUndefined();
  });

  it.each([
    ['another principal', () => ({ principalId: graphPrincipal() })],
    ['an unknown resource', () => ({ resourceId: graphRoles[role] })],
    ['an unknown role', () => ({ appRoleId: graphPrincipal() })],
  ])('are refused for %s', async (_what, more) => {
    const answer = await assign(operator(globalAdministrator), more());
    expect([answer.status, answer.code]).toEqual([400, 'Request_BadRequest']);
  });

  it('are not for an application administrator to make', async () => {
    const answer = await assign(operator(applicationAdministrator));
    expect([answer.status, answer.code]).toEqual([403, 'Authorization_RequestDenied']);
  });
});

describe('connections', () => {
  const asApp = (...roles: string[]) => {
    tokens.setRoles(roles);
    return tokens.issue(audience).token;
  };
  const foreign = {
    id: 'indexer1',
    name: 'Indexer',
    description: null,
    ownerAppId: 'another-app',
    authorizedAppIds: ['third-app'],
  };

  it('belong to the app that creates them, and take groups', async () => {
    const token = asApp(ownedBy, 'ExternalItem.ReadWrite.OwnedBy');
    const created = await call('/external/connections', token, {
      method: 'POST',
      body: { id: 'newHr', name: 'New HR', configuration: { authorizedAppIds: ['a'] } },
    });
    expect([created.status, created.json.configuration]).toEqual([201, { authorizedAppIds: ['a'] }]);
    expect(graph.connection('NEWHR')?.ownerAppId).toBe(tokens.identity.clientId);
    const group = await call('/external/connections/newHr/groups', token, {
      method: 'POST',
      body: { id: 'g' },
    });
    expect(group.status).toBe(201);
    const again = await call('/external/connections', token, {
      method: 'POST',
      body: { id: 'newhr', name: 'x' },
    });
    expect([again.status, again.code]).toEqual([409, 'NameAlreadyExists']);
  });

  it('of another app look absent, and take no groups', async () => {
    graph.putConnection(foreign);
    const token = asApp(ownedBy, 'ExternalItem.ReadWrite.OwnedBy');
    expect((await call('/external/connections/indexer1', token)).status).toBe(404);
    const patched = await call('/external/connections/indexer1', token, { method: 'PATCH', body: {} });
    expect(patched.status).toBe(404);
    const group = await call('/external/connections/indexer1/groups', token, {
      method: 'POST',
      body: { id: 'g' },
    });
    expect([group.status, group.code]).toEqual([403, 'Forbidden']);
  });

  it('take groups of those that they authorise; the list takes the place of the one before', async () => {
    graph.putConnection(foreign);
    const all = asApp('ExternalConnection.ReadWrite.All');
    const patched = await call('/external/connections/indexer1', all, {
      method: 'PATCH',
      body: { configuration: { authorizedAppIds: [tokens.identity.clientId] } },
    });
    expect(patched.status).toBe(204);
    expect(graph.connection('indexer1')?.authorizedAppIds).toEqual([tokens.identity.clientId]);
    const token = asApp('ExternalItem.ReadWrite.OwnedBy');
    const group = await call('/external/connections/indexer1/groups', token, {
      method: 'POST',
      body: { id: 'g' },
    });
    expect(group.status).toBe(201);
  });

  it('are shown to nobody without the permission', async () => {
    const token = asApp('ExternalItem.ReadWrite.OwnedBy');
    expect((await call('/external/connections/contosohr', token)).status).toBe(403);
  });
});

it('faults can be kept to a part of the paths', async () => {
  const token = operator(globalAdministrator);
  graph.setFaults([
    {
      match: { path: '/v1.0/servicePrincipals/' },
      fault: { kind: 'status', status: 404, code: 'Request_ResourceNotFound' },
    },
  ]);
  expect((await call(`/servicePrincipals/${tokens.identity.objectId}`, token)).status).toBe(404);
  expect((await call(`/servicePrincipals(appId='${graphAppId}')`, token)).status).toBe(200);
});
