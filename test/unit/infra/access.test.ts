import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { azureRoles } from '../../../src/settings/permissions.ts';
import { queues, tables } from '../../../src/storage/stores.ts';
import { allTemplates, main, mainText, moduleOf, ofType, readSnapshot, snapshotNames } from './templates.ts';

const assignment = 'Microsoft.Authorization/roleAssignments';
const senderRole = 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a';
const secretsRole = '4633458b-17de-408a-b874-0445c86b69e6';

/** `<type of the resource>/<name>: <role>` of each assignment of a snapshot. */
async function grantsOf(name: (typeof snapshotNames)[number]): Promise<readonly string[]> {
  return ofType(await readSnapshot(name), assignment).map(({ id = '', properties }) => {
    const scope =
      /^\[extensionResourceId\('([^']+)'/.exec(id)?.[1] ?? id.split(`/providers/${assignment}`)[0];
    const role = String(properties?.roleDefinitionId).split('/').at(-1);
    return `${scope}: ${role}`;
  });
}

describe('the templates', () => {
  it('ask for no key: no list function, no connection string with a key', () => {
    expect(mainText).not.toMatch(/\blist[A-Z]\w*\(/);
    expect(mainText).not.toMatch(/AccountKey|SharedAccessSignature|WEBSITE_CONTENTAZUREFILE/i);
  });

  it.each(allTemplates())('give out no secret: %s', (_name, { outputs = {} }) => {
    for (const { type, value } of Object.values(outputs)) {
      expect(type ?? '').not.toMatch(/secure/i);
      expect(JSON.stringify(value)).not.toMatch(
        /ConnectionString|InstrumentationKey|\bkeys?\b|secret|list[A-Z]/i,
      );
    }
  });

  it.each(snapshotNames)('switch keys and passwords off everywhere: %s', async (name) => {
    const resources = await readSnapshot(name);
    const [account] = ofType(resources, 'Microsoft.Storage/storageAccounts');
    expect(account?.properties).toMatchObject({
      allowSharedKeyAccess: false,
      allowBlobPublicAccess: false,
      minimumTlsVersion: 'TLS1_2',
      supportsHttpsTrafficOnly: true,
    });
    expect(ofType(resources, 'Microsoft.Insights/components')[0]?.properties).toMatchObject({
      DisableLocalAuth: true,
    });
    expect(ofType(resources, 'Microsoft.OperationalInsights/workspaces')[0]?.properties).toMatchObject({
      features: { disableLocalAuth: true },
    });
    const policies = ofType(resources, 'Microsoft.Web/sites/basicPublishingCredentialsPolicies');
    expect(policies.map(({ name, properties }) => [name.split('/')[1], properties])).toEqual([
      ['ftp', { allow: false }],
      ['scm', { allow: false }],
    ]);
    expect(ofType(resources, 'Microsoft.Web/sites')[0]?.properties).toMatchObject({
      httpsOnly: true,
      siteConfig: { minTlsVersion: '1.2', scmMinTlsVersion: '1.2' },
    });
  });

  it.each(allTemplates())('assign a role on a resource and never above: %s', (_name, { resources }) => {
    for (const resource of Object.values(resources).filter(({ type }) => type === assignment))
      expect(resource.scope).toMatch(/^\[resourceId\('Microsoft\.[\w./]+', parameters\(/);
  });

  it('give the app the roles that it needs and no other', async () => {
    const resourceTypes = {
      storage: 'Microsoft.Storage/storageAccounts',
      telemetry: 'Microsoft.Insights/components',
    };
    const wanted = Object.values(azureRoles).map(({ id, on }) => `${resourceTypes[on]}: ${id}`);
    const granted = (await grantsOf('defaults')).map((grant) =>
      grant.replace(/^.*\/providers\/(Microsoft\.\w+\/\w+)\/[^/]+: /, '$1: '),
    );
    expect([...granted].sort()).toEqual([...wanted].sort());
  });

  it('let a producer send to a queue and do nothing else', async () => {
    const extra = (await grantsOf('everything')).filter((grant) => grant.endsWith(senderRole));
    expect(extra.map((grant) => grant.replace(/^.*\/queueServices\/default\//, ''))).toEqual([
      `queues/external-group-creations: ${senderRole}`,
      `queues/external-group-changes: ${senderRole}`,
      `queues/external-group-changes: ${senderRole}`,
    ]);
  });

  it('let the app read the secrets that are named and no other', async () => {
    const readers = (await grantsOf('everything')).filter((grant) => grant.endsWith(secretsRole));
    expect(readers).toEqual([
      expect.stringMatching(/\/vaults\/kv-secrets\/secrets\/external-groups-webhook-secrets: /),
      expect.stringMatching(/\/vaults\/kv-secrets\/secrets\/external-groups-source-okta: /),
    ]);
  });

  it('take role ids from one table, which agrees with that of the app', async () => {
    const roles = Object.values(
      JSON.parse(await readFile('infra/roles.json', 'utf8')) as Record<string, string>,
    );
    expect(roles).toEqual(expect.arrayContaining(Object.values(azureRoles).map(({ id }) => id)));
    expect(roles).toHaveLength(Object.keys(azureRoles).length + 2);
  });

  it('make the app after everything that it needs roles for', () => {
    expect(main.resources.app?.dependsOn).toEqual(
      expect.arrayContaining(['identity', 'storage', 'telemetry', 'secretReaders']),
    );
    for (const [name, count] of [
      ['storage', 3],
      ['telemetry', 1],
      ['secretReaders', 1],
    ] as const) {
      const { resources } = moduleOf(name);
      expect(Object.values(resources).filter(({ type }) => type === assignment)).toHaveLength(count);
      expect(main.resources[name]?.dependsOn).toContain('identity');
    }
  });

  it('make the queues that a trigger would otherwise wait for, and the tables', async () => {
    const resources = await readSnapshot('defaults');
    const namesOf = (type: string) =>
      ofType(resources, `Microsoft.Storage/storageAccounts/${type}`).map(({ name }) =>
        name.split('/').at(-1),
      );
    expect(namesOf('queueServices/queues')).toEqual(queues.map(({ name }) => name));
    expect([...namesOf('tableServices/tables')].sort()).toEqual([...tables].sort());
  });

  it('switch App Service authentication off if it is not asked for, also after it was on', async () => {
    const configs = ofType(await readSnapshot('defaults'), 'Microsoft.Web/sites/config');
    expect(configs.find(({ name }) => name.endsWith('/authsettingsV2'))?.properties).toEqual({
      platform: { enabled: false },
    });
  });

  it('take tokens of either version for the API, from the applications that are named alone', async () => {
    const configs = ofType(await readSnapshot('entra-in-front'), 'Microsoft.Web/sites/config');
    const auth = configs.find(({ name }) => name.endsWith('/authsettingsV2'));
    const id = '00000000-0000-0000-0000-00000000000a';
    expect(auth?.properties).toMatchObject({
      globalValidation: { requireAuthentication: true, unauthenticatedClientAction: 'Return401' },
      identityProviders: {
        azureActiveDirectory: {
          validation: {
            allowedAudiences: [`api://${id}`, id],
            defaultAuthorizationPolicy: { allowedApplications: ['00000000-0000-0000-0000-00000000000b'] },
          },
        },
      },
    });
  });
});
