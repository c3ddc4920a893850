import { describe, expect, it } from 'vitest';
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
  'Microsoft.Network/privateEndpoints': /^[A-Za-z0-9][\w.-]{0,62}\w$/,
};

async function one(name: (typeof snapshotNames)[number], type: string): Promise<Resource> {
  const [resource, ...others] = ofType(await readSnapshot(name), type);
  expect(others).toEqual([]);
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

  it('makes nothing twice', async () => {
    const ids = (await readSnapshot(name)).map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
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
    expect(Object.keys(siteConfig as object).sort()).toEqual(['minTlsVersion', 'scmMinTlsVersion']);
  });

  it('keeps instances ready and spreads over zones if that is asked for', async () => {
    expect((await one('everything', 'Microsoft.Web/serverfarms')).properties).toMatchObject({
      zoneRedundant: true,
    });
    expect((await one('everything', 'Microsoft.Storage/storageAccounts')).sku).toEqual({
      name: 'Standard_ZRS',
    });
    expect((await one('everything', 'Microsoft.Web/sites')).properties).toMatchObject({
      functionAppConfig: {
        scaleAndConcurrency: { alwaysReady: [{ name: 'http', instanceCount: 3 }] },
      },
    });
  });

  it('is an App Service plan that never sleeps if Flex Consumption is not offered', async () => {
    const site = await one('government-cloud', 'Microsoft.Web/sites');
    expect(site.properties).toMatchObject({
      siteConfig: { alwaysOn: true, ftpsState: 'Disabled', linuxFxVersion: 'NODE|22' },
    });
    expect(site.properties).not.toHaveProperty('functionAppConfig');
  });

  it('hands its subnet to the platform that runs it', async () => {
    expect((await one('network-isolation', 'Microsoft.Network/virtualNetworks')).properties).toMatchObject({
      subnets: [
        {
          name: 'app',
          properties: { delegations: [{ properties: { serviceName: 'Microsoft.App/environments' } }] },
        },
        { name: 'private-endpoints' },
      ],
    });
  });
});
