import { describe, expect, it } from 'vitest';
import { main, moduleOf, ofType, readSnapshot, type SnapshotName } from './templates.ts';

const networkType = 'Microsoft.Network/virtualNetworks';
const ids = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups';
const spoke = `${ids}/rg-spoke/providers/Microsoft.Network/virtualNetworks/vnet-spoke`;

async function propertiesOf(name: SnapshotName, type: string) {
  return ofType(await readSnapshot(name), type).map(({ properties }) => properties);
}

async function subnetsOf(name: SnapshotName) {
  const subnets = ofType(await readSnapshot(name), `${networkType}/subnets`);
  return new Map(subnets.map(({ name, properties }) => [name.split('/')[1], properties]));
}

const endpointNames = async (name: SnapshotName) =>
  ofType(await readSnapshot(name), 'Microsoft.Network/privateEndpoints').map(({ name }) =>
    name.split('-').at(-1),
  );

describe('the network that is made', () => {
  it('lists no subnets: those that others have added stay', async () => {
    for (const properties of await propertiesOf('network-isolation', networkType))
      expect(properties).not.toHaveProperty('subnets');
    expect([...(await subnetsOf('network-isolation')).keys()]).toEqual(['app', 'private-endpoints']);
  });

  it('hands its subnet to the platform that runs the app', async () => {
    expect((await subnetsOf('network-isolation')).get('app')).toMatchObject({
      delegations: [{ properties: { serviceName: 'Microsoft.App/environments' } }],
    });
  });

  it('keeps what is attached to its subnets, because it is told of it', async () => {
    const subnets = await subnetsOf('network-isolation');
    const hub = `${ids}/rg-hub/providers/Microsoft.Network`;
    const guarded = {
      networkSecurityGroup: { id: `${hub}/networkSecurityGroups/nsg-hub` },
      routeTable: { id: `${hub}/routeTables/rt-hub` },
    };
    expect(subnets.get('app')).toMatchObject({
      ...guarded,
      natGateway: { id: `${hub}/natGateways/nat-hub` },
    });
    // Without the policies, neither would hold for the private endpoints.
    expect(subnets.get('private-endpoints')).toMatchObject({
      ...guarded,
      privateEndpointNetworkPolicies: 'Enabled',
    });
    expect((await subnetsOf('everything')).get('private-endpoints')).toMatchObject({
      privateEndpointNetworkPolicies: 'Disabled',
    });
  });

  it('calls out from one address through a NAT gateway of its own', async () => {
    const [gateway] = ofType(await readSnapshot('private-inbound'), 'Microsoft.Network/natGateways');
    const [address] = ofType(await readSnapshot('private-inbound'), 'Microsoft.Network/publicIPAddresses');
    expect(gateway?.properties).toEqual({ publicIpAddresses: [{ id: address?.id }] });
    expect(address?.properties).toEqual({ publicIPAllocationMethod: 'Static' });
    expect((await subnetsOf('private-inbound')).get('app')).toMatchObject({
      natGateway: { id: gateway?.id },
    });
    // The address is worth nothing if the app does not call out from there, whether storage is private or not.
    expect(await propertiesOf('private-inbound', 'Microsoft.Web/sites')).toEqual([
      expect.objectContaining({ virtualNetworkSubnetId: expect.stringMatching(/\/subnets\/app$/) }),
    ]);
  });
});

describe('a network that exists already', () => {
  it('is not touched, and neither are its zones', async () => {
    const types = (await readSnapshot('existing-network')).map(({ type }) => type);
    const made = types.filter((type) => type.startsWith('Microsoft.Network/'));
    expect([...new Set(made)]).toEqual([
      'Microsoft.Network/privateEndpoints',
      'Microsoft.Network/privateEndpoints/privateDnsZoneGroups',
    ]);
  });

  it('takes in the app and the private endpoints', async () => {
    expect(await propertiesOf('existing-network', 'Microsoft.Web/sites')).toEqual([
      expect.objectContaining({ virtualNetworkSubnetId: `${spoke}/subnets/groups` }),
    ]);
    const endpoints = await propertiesOf('existing-network', 'Microsoft.Network/privateEndpoints');
    expect(endpoints).toHaveLength(3);
    for (const endpoint of endpoints)
      expect(endpoint).toMatchObject({ subnet: { id: `${spoke}/subnets/endpoints` } });
  });

  it('has the names registered in the zones that are given, and by their owner where none is', async () => {
    const groups = await propertiesOf(
      'existing-network',
      'Microsoft.Network/privateEndpoints/privateDnsZoneGroups',
    );
    const zones = groups.map((properties) => JSON.stringify(properties).match(/privatelink\.\w+/)?.[0]);
    expect(zones).toEqual(['privatelink.blob', 'privatelink.queue']);
  });
});

describe('storage with network isolation', () => {
  const account = 'Microsoft.Storage/storageAccounts';

  it('closes its public endpoint, except to the addresses that are named', async () => {
    for (const properties of await propertiesOf('everything', account))
      expect(properties).toMatchObject({
        publicNetworkAccess: 'Disabled',
        networkAcls: { defaultAction: 'Deny', bypass: 'None', ipRules: [] },
      });
    for (const properties of await propertiesOf('network-isolation', account))
      expect(properties).toMatchObject({
        publicNetworkAccess: 'Enabled',
        networkAcls: {
          defaultAction: 'Deny',
          // Storage refuses a /32.
          ipRules: ['203.0.113.7', '198.51.100.7'].map((value) => ({ value, action: 'Allow' })),
        },
      });
  });

  it('has private endpoints for all three of its services', async () => {
    expect(await endpointNames('network-isolation')).toEqual(['blob', 'queue', 'table']);
  });

  it('closes after the app is in the network, and opens before the app leaves it', () => {
    const { app, storage, storageOpens, storageCloses } = main.resources;
    expect(moduleOf('storage').resources.account?.['@options']).toHaveProperty('onlyIfNotExists');
    expect(storageCloses?.condition).toBe("[parameters('networkIsolation')]");
    expect(storageCloses?.dependsOn).toContain('app');
    expect(storageOpens?.condition).toBe("[not(parameters('networkIsolation'))]");
    expect(app?.dependsOn).toEqual(expect.arrayContaining(['connectivity', 'storageOpens']));
    expect(storage?.dependsOn).not.toContain('app');
  });
});

describe('the way in', () => {
  const site = 'Microsoft.Web/sites';
  const everybody = { ipSecurityRestrictions: [], ipSecurityRestrictionsDefaultAction: 'Allow' };

  it('is open by default, to those with a key', async () => {
    expect(await propertiesOf('defaults', site)).toEqual([
      expect.objectContaining({
        publicNetworkAccess: 'Enabled',
        siteConfig: expect.objectContaining(everybody),
      }),
    ]);
  });

  it('leads from the addresses that are named alone', async () => {
    expect(await propertiesOf('entra-in-front', site)).toEqual([
      expect.objectContaining({
        siteConfig: expect.objectContaining({
          ipSecurityRestrictions: [
            expect.objectContaining({ action: 'Allow', ipAddress: '203.0.113.0/24' }),
            expect.objectContaining({ action: 'Allow', ipAddress: '198.51.100.7/32' }),
          ],
          ipSecurityRestrictionsDefaultAction: 'Deny',
        }),
      }),
    ]);
  });

  it('is a private endpoint alone if that is asked for, whether storage has one or not', async () => {
    expect(await propertiesOf('private-inbound', site)).toEqual([
      expect.objectContaining({ publicNetworkAccess: 'Disabled' }),
    ]);
    expect(await endpointNames('private-inbound')).toEqual(['sites']);
    expect(await endpointNames('everything')).toEqual(['blob', 'queue', 'table', 'sites']);
  });
});
