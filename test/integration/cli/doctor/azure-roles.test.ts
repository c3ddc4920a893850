import { createServer } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkAzureRoles } from '../../../../cli/doctor/azure-role-checks.ts';
import { createCertificate } from '../../../../local/stack/certificate.ts';
import { type Listening, listen } from '../../../../local/stack/listen.ts';
import type { Diagnosis } from '../../../../src/diagnostics/diagnose.ts';
import { azureRoles } from '../../../../src/settings/permissions.ts';
import { createFetch } from '../../../../src/shared/fetch.ts';

const subscription = '22222222-3333-4444-8555-666666666666';
const principal = 'aaaaaaaa-0000-4000-8000-000000000001';
const group = `/subscriptions/${subscription}/resourceGroups/contoso`;
const account = `${group}/providers/Microsoft.Storage/storageAccounts/ContosoStore`;
const insights = `${group}/providers/Microsoft.Insights/components/contoso`;

const app: Diagnosis['app'] = {
  graph: 'https://graph.microsoft.com',
  identity: {
    clientId: null,
    objectId: principal,
    tenantId: null,
    tokenIssuedDateTime: null,
    tokenExpiresDateTime: '2026-01-01T00:00:00Z',
  },
  storage: { account: 'contosostore', by: 'identity' },
  telemetry: { by: 'identity' },
};

/** The part of Azure Resource Manager that concerns roles, over TLS, with a page for each assignment. */
describe('roles of Azure', () => {
  let listening: Listening;
  let root: string;
  let held: readonly { readonly role: keyof typeof azureRoles; readonly scope: string }[];
  let status: number;
  let asked: string[];
  beforeAll(async () => {
    const tls = await createCertificate();
    setDefaultCACertificates([...getCACertificates('default'), tls.cert]);
    const server = createServer({ cert: tls.cert, key: tls.key }, (request, response) => {
      const url = new URL(request.url ?? '/', root);
      asked.push(`${request.headers.authorization} ${url.pathname} ${url.searchParams.get('$filter') ?? ''}`);
      response.writeHead(status, { 'content-type': 'application/json' });
      if (url.pathname === '/subscriptions')
        return void response.end(
          JSON.stringify({ value: [{ subscriptionId: subscription }, { subscriptionId: '../..' }] }),
        );
      const at = Number(url.searchParams.get('page') ?? 0);
      const next = new URL(url);
      next.searchParams.set('page', String(at + 1));
      const value = held.slice(at, at + 1).map(({ role, scope }) => ({
        properties: {
          scope,
          roleDefinitionId: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${azureRoles[role].id.toUpperCase()}`,
        },
      }));
      response.end(JSON.stringify({ value, ...(at + 1 < held.length ? { nextLink: next.href } : {}) }));
    });
    listening = await listen(server);
    root = `https://localhost:${listening.port}`;
  });
  afterAll(() => listening.close());
  beforeEach(() => {
    status = 200;
    asked = [];
    held = [
      { role: 'Storage Blob Data Owner', scope: account },
      { role: 'Storage Queue Data Contributor', scope: account },
      { role: 'Storage Table Data Contributor', scope: group },
      { role: 'Monitoring Metrics Publisher', scope: insights },
    ];
  });

  const find = async (of: Diagnosis['app'] | null = app, token = async () => 'operator-token') =>
    new Map(
      (await checkAzureRoles(of, { root, token, fetch: createFetch({}) })).map((check) => [check.id, check]),
    );

  it('are found on whatever page, on the resource or above it', async () => {
    for (const { status: found } of (await find()).values()) expect(found).toBe('passed');
    expect(new Set(asked)).toEqual(
      new Set([
        'Bearer operator-token /subscriptions ',
        `Bearer operator-token /subscriptions/${subscription}/providers/Microsoft.Authorization/roleAssignments principalId eq '${principal}'`,
      ]),
    );
  });

  it('that are missing, or on another resource, come with the command that assigns them', async () => {
    held = [
      { role: 'Storage Queue Data Contributor', scope: account.replace('ContosoStore', 'another') },
      { role: 'Storage Table Data Contributor', scope: `${account}/tableServices/default/tables/x` },
    ];
    const checks = await find();
    for (const role of Object.keys(azureRoles))
      expect(checks.get(`azure-role:${role}`)).toMatchObject({
        status: 'failed',
        fix: expect.stringMatching(
          new RegExp(
            `^az role assignment create --role "${role}" --assignee-object-id ${principal} .*--scope `,
          ),
        ),
      });
    expect(checks.get('azure-role:Storage Queue Data Contributor')).toMatchObject({
      seen: expect.stringContaining('it has it on /subscriptions/'),
      fix: expect.stringContaining(
        '--scope $(az storage account show --name contosostore --query id --output tsv)',
      ),
    });
  });

  it.each<[string, Diagnosis['app'] | null, RegExp]>([
    ['an app that told nothing', null, /did not report/],
    ['an app without an identity', { ...app, identity: null }, /did not report/],
    [
      'keys',
      { ...app, storage: { account: 'contosostore', by: 'key' }, telemetry: { by: 'key' } },
      /with a key/,
    ],
    [
      'another identity',
      {
        ...app,
        storage: { account: 'contosostore', by: 'other-identity' },
        telemetry: { by: 'other-identity' },
      },
      /with another identity/,
    ],
    ['nothing set', { ...app, storage: null, telemetry: null }, /is set/],
  ])('are skipped for %s', async (_what, of, why) => {
    for (const check of (await find(of)).values())
      expect(check).toMatchObject({ status: 'skipped', seen: expect.stringMatching(why) });
  });

  it('are skipped if the operator cannot see them, or is not signed in', async () => {
    status = 403;
    for (const check of (await find()).values())
      expect(check).toMatchObject({ status: 'skipped', seen: expect.stringContaining('answered 403') });
    for (const check of (await find(app, () => Promise.reject(new Error('az login')))).values())
      expect(check).toMatchObject({ status: 'skipped', seen: expect.stringContaining('az login') });
    for (const check of await checkAzureRoles(app, null)) expect(check).toMatchObject({ status: 'skipped' });
  });
});
