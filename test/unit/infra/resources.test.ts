import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createApp } from '../../../src/app.ts';
import { ofType, type Resource, readSnapshot, snapshotNames } from './templates.ts';

/** What Azure accepts as a name (learn.microsoft.com: resource name rules). */
const nameRules: Readonly<Record<string, RegExp>> = {
  'Microsoft.Resources/resourceGroups': /^[\w().-]{1,89}[\w()-]$/,
  'Microsoft.ManagedIdentity/userAssignedIdentities': /^[A-Za-z0-9][\w-]{2,127}$/,
  'Microsoft.Storage/storageAccounts': /^[a-z0-9]{3,24}$/,
  'Microsoft.Web/serverfarms': /^[A-Za-z0-9-]{1,60}$/,
  'Microsoft.Web/sites': /^[A-Za-z0-9][A-Za-z0-9-]{0,58}[A-Za-z0-9]$/,
  'Microsoft.OperationalInsights/workspaces': /^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$/,
  'Microsoft.Insights/components': /^[\w().-]{1,254}[\w()-]$/,
  'Microsoft.Insights/scheduledQueryRules': /^[^*<>%{}&:\\?/#|]{0,259}[^*<>%{}&:\\?/#| .]$/,
  'Microsoft.Insights/workbooks': /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  'Microsoft.Network/virtualNetworks': /^[A-Za-z0-9][\w.-]{0,62}\w$/,
  'Microsoft.Network/natGateways': /^[A-Za-z0-9][\w.-]{0,78}\w$/,
  'Microsoft.Network/publicIPAddresses': /^[A-Za-z0-9][\w.-]{0,78}\w$/,
  'Microsoft.Network/privateEndpoints': /^[A-Za-z0-9][\w.-]{0,62}\w$/,
};

async function one(name: (typeof snapshotNames)[number], type: string): Promise<Resource> {
  const [resource, ...others] = ofType(await readSnapshot(name), type);
  expect(others.filter((other) => !isDeepStrictEqual(other, resource))).toEqual([]);
  if (resource === undefined) throw new Error(`no ${type} in ${name}`);
  return resource;
}

describe.each(snapshotNames)('the deployment "%s"', (name) => {
  it('gives its resources names that Azure accepts', async () => {
    for (const resource of await readSnapshot(name)) {
      const rule = nameRules[resource.type];
      if (rule !== undefined) expect(resource.name).toMatch(rule);
    }
  });

  it('makes nothing twice, except that it brings the storage account up to date', async () => {
    const ids = (await readSnapshot(name)).map(({ id }) => id);
    const again = ids.filter((id, index) => ids.indexOf(id) !== index);
    expect(again).toEqual([(await one(name, 'Microsoft.Storage/storageAccounts')).id]);
  });
});

describe('the plan', () => {
  it('is Flex Consumption by default, with room for a producer’s burst and nothing that always runs', async () => {
    expect((await one('defaults', 'Microsoft.Web/serverfarms')).sku).toEqual({
      name: 'FC1',
      tier: 'FlexConsumption',
    });
    expect((await one('defaults', 'Microsoft.Web/sites')).properties).toMatchObject({
      functionAppConfig: {
        deployment: { storage: { authentication: { type: 'UserAssignedIdentity' } } },
        runtime: { name: 'node', version: '22' },
        scaleAndConcurrency: { instanceMemoryMB: 2048, maximumInstanceCount: 40, alwaysReady: [] },
      },
    });
  });

  it('is given nothing of a site that Flex Consumption does not have', async () => {
    const { siteConfig } = (await one('everything', 'Microsoft.Web/sites')).properties ?? {};
    expect(Object.keys(siteConfig as object).sort()).toEqual([
      'ipSecurityRestrictions',
      'ipSecurityRestrictionsDefaultAction',
      'minTlsVersion',
      'scmMinTlsVersion',
    ]);
  });

  it('keeps instances ready and spreads over zones if that is asked for', async () => {
    expect((await one('everything', 'Microsoft.Web/serverfarms')).properties).toMatchObject({
      zoneRedundant: true,
    });
    expect((await one('everything', 'Microsoft.Storage/storageAccounts')).sku).toEqual({
      name: 'Standard_GZRS',
    });
    expect((await one('everything', 'Microsoft.Web/sites')).properties).toMatchObject({
      functionAppConfig: {
        scaleAndConcurrency: {
          alwaysReady: [
            { name: 'http', instanceCount: 3 },
            // One was asked for: in several zones it is two.
            { name: 'function:create-deferred-group', instanceCount: 2 },
            { name: 'function:change-declared-group', instanceCount: 2 },
          ],
          triggers: { http: { perInstanceConcurrency: 64 } },
        },
      },
    });
  });

  it('names functions that the app has', async () => {
    const { functionAppConfig } = (await one('everything', 'Microsoft.Web/sites')).properties as {
      functionAppConfig: { scaleAndConcurrency: { alwaysReady: readonly { name: string }[] } };
    };
    const names = functionAppConfig.scaleAndConcurrency.alwaysReady.map(({ name }) => name);
    const { queues } = createApp({ AzureWebJobsStorage: 'UseDevelopmentStorage=true' });
    const known = queues.map(({ name }) => `function:${name}`);
    expect(names.filter((name) => name !== 'http' && !known.includes(name))).toEqual([]);
  });

  it('is an App Service plan that never sleeps if Flex Consumption is not offered', async () => {
    const site = await one('government-cloud', 'Microsoft.Web/sites');
    expect(site.properties).toMatchObject({
      siteConfig: { alwaysOn: true, ftpsState: 'Disabled', linuxFxVersion: 'NODE|22' },
    });
    expect(site.properties).not.toHaveProperty('functionAppConfig');
  });
});

describe('storage', () => {
  it('is copied as the parameters say: in one zone by default', async () => {
    expect((await one('defaults', 'Microsoft.Storage/storageAccounts')).sku).toEqual({
      name: 'Standard_LRS',
    });
  });

  it('is locked against deletion if that is asked for', async () => {
    expect((await one('everything', 'Microsoft.Authorization/locks')).properties).toMatchObject({
      level: 'CanNotDelete',
    });
    expect(ofType(await readSnapshot('defaults'), 'Microsoft.Authorization/locks')).toEqual([]);
  });
});
