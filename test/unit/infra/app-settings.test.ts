import { describe, expect, it } from 'vitest';
import { settingCatalogue } from '../../../src/settings/catalogue.ts';
import { readSettings } from '../../../src/settings/settings.ts';
import { readAppSettings, snapshotNames } from './templates.ts';

/** Settings of the app that no deployment makes: local work, storage with a key, and streaming. */
const neverDeployed = ['GRAPH_BASE_URL', 'GRAPH_CREDENTIAL', 'AzureWebJobsStorage'];

/** Settings that the Functions host reads, or that are members of one of the catalogue's. */
const hostSettings = [
  'AzureWebJobsStorage__credential',
  'AzureWebJobsStorage__clientId',
  'AzureWebJobsStorage__blobServiceUri',
  'AzureWebJobsStorage__queueServiceUri',
  'AzureWebJobsStorage__tableServiceUri',
  'AzureWebJobsDisableHomepage',
  'languageWorkers__node__arguments',
];

/** Settings whose names say which source they are of. */
const ofSource = /^SOURCE_[A-Z0-9_]+_(?:SECRETS|CONNECTION)$/;

/** Flex Consumption refuses these (learn.microsoft.com: Flex Consumption, deprecated app settings). */
const notOnFlex =
  /^(?:FUNCTIONS_WORKER_RUNTIME|FUNCTIONS_EXTENSION_VERSION|WEBSITE_|ENABLE_ORYX_BUILD|SCM_DO_BUILD)/;

const sorted = (names: Iterable<string>) => [...new Set(names)].sort();

/** The settings as Azure would fill them in. */
function filledIn(settings: Readonly<Record<string, string>>): Record<string, string> {
  const fill = (text: string) =>
    text
      .replace(/^\[reference\(.*\)\.clientId\]$/, '11111111-1111-1111-1111-111111111111')
      .replace(/^\[reference\(.*\)\.primaryEndpoints\.(\w+)\]$/, 'https://stx.$1.core.windows.net/')
      .replace(
        /^\[reference\(.*\)\.ConnectionString\]$/,
        'InstrumentationKey=22222222-2222-2222-2222-222222222222;IngestionEndpoint=https://x.in.applicationinsights.azure.com/',
      )
      .replace(
        /^\[format\('ClientId=\{0\};Authorization=AAD', reference\(.*\)\.clientId\)\]$/,
        'ClientId=11111111-1111-1111-1111-111111111111;Authorization=AAD',
      )
      .replace(/^\[coalesce\(null\(\), if\(equals\(environment\(\)\.name, .*'global'\)\)\]$/, 'global')
      .replace(/^@Microsoft\.KeyVault\(.*\)$/, `whsec_${Buffer.alloc(24, 1).toString('base64')}`);
  return Object.fromEntries(Object.entries(settings).map(([name, text]) => [name, fill(text)]));
}

describe('the app settings of a deployment', () => {
  it('are those of the catalogue: none unknown, none missing', async () => {
    const catalogue = Object.keys(settingCatalogue).filter((name) => !neverDeployed.includes(name));
    const deployed = Object.keys(await readAppSettings('everything')).filter((name) => !ofSource.test(name));
    expect(sorted(deployed)).toEqual(sorted([...catalogue, ...hostSettings]));
  });

  it('are by default those without which the app would not run as it should', async () => {
    expect(sorted(Object.keys(await readAppSettings('defaults')))).toEqual(
      sorted([
        ...hostSettings,
        'AZURE_CLIENT_ID',
        'GRAPH_CLOUD',
        'APPLICATIONINSIGHTS_CONNECTION_STRING',
        'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
      ]),
    );
  });

  it.each(snapshotNames)('of the snapshot "%s" are taken by the app', async (name) => {
    const settings = filledIn(await readAppSettings(name));
    expect(Object.values(settings).filter((text) => text.startsWith('['))).toEqual([]);
    const { clientId, graphCredential, storage, telemetryIdentity } = readSettings(settings);
    expect({ clientId, graphCredential, storage, telemetryIdentity }).toEqual({
      clientId: settings.AZURE_CLIENT_ID,
      graphCredential: 'managed-identity',
      storage: {
        kind: 'identity',
        queueUrl: 'https://stx.queue.core.windows.net/',
        tableUrl: 'https://stx.table.core.windows.net/',
        clientId: settings.AZURE_CLIENT_ID,
      },
      telemetryIdentity: { clientId: settings.AZURE_CLIENT_ID },
    });
  });

  it('go to the cloud of the government if it is chosen', async () => {
    const { cloud } = readSettings(filledIn(await readAppSettings('government-cloud')));
    expect(cloud.root).toBe('https://graph.microsoft.us');
  });

  it.each(snapshotNames.filter((name) => name !== 'government-cloud'))(
    'of the snapshot "%s" hold nothing that Flex Consumption refuses',
    async (name) => {
      expect(Object.keys(await readAppSettings(name)).filter((setting) => notOnFlex.test(setting))).toEqual(
        [],
      );
    },
  );

  it('of a dedicated plan hold what that plan needs', async () => {
    expect(await readAppSettings('government-cloud')).toMatchObject({
      FUNCTIONS_EXTENSION_VERSION: '~4',
      FUNCTIONS_WORKER_RUNTIME: 'node',
      WEBSITE_RUN_FROM_PACKAGE: '1',
    });
  });

  it('do not limit bodies: what the app refuses is a 413, what the host refuses an empty 500', async () => {
    for (const name of snapshotNames)
      expect(await readAppSettings(name)).not.toHaveProperty('FUNCTIONS_REQUEST_BODY_SIZE_LIMIT');
  });

  it('let Node take the longest headers that the host takes, for bodies that are streamed', async () => {
    const { languageWorkers__node__arguments: argument } = await readAppSettings('defaults');
    expect(argument).toBe('--max-http-header-size=65536');
  });

  it('take secrets of webhooks from a key vault, never as text', async () => {
    const { WEBHOOK_SECRETS: reference } = await readAppSettings('everything');
    expect(reference).toBe(
      '@Microsoft.KeyVault(VaultName=kv-secrets;SecretName=external-groups-webhook-secrets)',
    );
  });

  it('name the connection of each source, and take its secrets from a key vault', async () => {
    const settings = Object.entries(await readAppSettings('everything'));
    expect(Object.fromEntries(settings.filter(([name]) => ofSource.test(name)))).toEqual({
      SOURCE_OKTA_CONNECTION: 'contosohr',
      SOURCE_OKTA_SECRETS: '@Microsoft.KeyVault(VaultName=kv-secrets;SecretName=external-groups-source-okta)',
    });
  });
});
