import { readFile } from 'node:fs/promises';
import { TableClient } from '@azure/data-tables';
import { QueueServiceClient } from '@azure/storage-queue';
import { describe, expect, it } from 'vitest';
import { settingCatalogue } from '../../../src/settings/catalogue.ts';
import { clouds } from '../../../src/settings/clouds.ts';
import { type Environment, readSettings } from '../../../src/settings/settings.ts';

function messageOf(environment: Environment): string {
  try {
    readSettings(environment);
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
  return '';
}

describe('settings', () => {
  it('need nothing to be set', () => {
    expect(readSettings({})).toEqual({
      cloud: clouds.global,
      graphUrl: 'https://graph.microsoft.com',
      httpStreaming: false,
      graphCredential: 'managed-identity',
      clientId: null,
      allowedConnections: null,
      idCharacters: 'alphanumeric',
      graphDeadline: 10_000,
      giveUpAfter: 172_800_000,
      webhookSecrets: [],
      memberNames: [],
      sources: new Map(),
      verifyGroups: null,
      storage: null,
      telemetry: null,
      telemetryIdentity: null,
    });
  });

  it('take six fields of NCRONTAB for the verification, nothing else', () => {
    expect(readSettings({ VERIFY_GROUPS: '0 0 3 * * Mon-Fri' }).verifyGroups).toBe('0 0 3 * * Mon-Fri');
    for (const right of ['*/15 0,30 1-5/2 1,15 jan-Mar sun,Sat', '0 0 3 * * 6', '59 59 23 31 12 0'])
      expect(readSettings({ VERIFY_GROUPS: right }).verifyGroups).toBe(right);
    for (const wrong of [
      ...['0 3 * * *', 'daily', '03:00:00', '0 0 3 * * * *', '60 0 3 * * *', '0 60 3 * * *', '0 0 24 * * *'],
      ...['0 0 3 0 * *', '0 0 3 32 * *', '0 0 3 * 13 *', '0 0 3 * 0 *', '0 0 3 * * 7', '0 0 3 * * Foo'],
      ...[
        '0 0 3 * * 1-7',
        '0 0 3 , * *',
        '0 0 3 */0 * *',
        '0 0 3 1-2-3 * *',
        '0 0 3 */x * *',
        '0 0 1, * * *',
      ],
    ])
      expect(messageOf({ VERIFY_GROUPS: wrong })).toContain(
        `VERIFY_GROUPS holds "${wrong}"; it may hold NCRONTAB`,
      );
  });

  it('count as unset if they are empty', () => {
    expect(readSettings({ GRAPH_DEADLINE: ' ', EXTERNAL_CONNECTIONS: '' }).graphDeadline).toBe(10_000);
  });

  it('name every wrong one in one message, what it holds and what it may hold', () => {
    const message = messageOf({
      GRAPH_CLOUD: 'mars',
      GRAPH_DEADLINE: '10',
      EXTERNAL_CONNECTIONS: 'contosohr,Teams',
    });
    expect(message).toContain('GRAPH_CLOUD holds "mars"; it may hold one of global, usgov-l4, usgov-l5');
    expect(message).toContain('GRAPH_DEADLINE holds "10"; it may hold an ISO 8601 duration');
    expect(message).toContain('EXTERNAL_CONNECTIONS holds "Teams"');
  });

  it('refuse China with the reason', () => {
    expect(messageOf({ GRAPH_CLOUD: 'china' })).toContain('has no external groups');
  });

  it.each(['WEBHOOK_SECRETS', 'AzureWebJobsStorage', 'APPLICATIONINSIGHTS_CONNECTION_STRING'])(
    'never show what %s holds',
    (name) => {
      const message = messageOf({ [name]: 'AccountKey=canary-secret' });
      expect(message).toContain(name);
      expect(message).not.toContain('canary');
    },
  );

  it.each([
    'http://localhost:8443',
    'https://graph.microsoft.com',
    'https://localhost.evil.example',
    'https://localhost@evil.example',
    'https://127.0.0.1.evil.example',
    'https://localhost:8443/v1.0',
    'https://localhost:8443/?x=1',
    'https://user:password@localhost:8443',
    'https://10.0.0.1',
    'https://xn--lcalhost-x5a',
    'localhost:8443',
    'file:///etc/passwd',
  ])('refuse %s as GRAPH_BASE_URL', (url) => {
    expect(messageOf({ GRAPH_BASE_URL: url })).toContain('GRAPH_BASE_URL');
  });

  it.each([
    ['https://localhost:8443', 'https://localhost:8443'],
    ['https://127.0.0.1:1/', 'https://127.0.0.1:1'],
    ['https://[::1]:8443', 'https://[::1]:8443'],
    ['https://2130706433', 'https://127.0.0.1'],
  ])('take %s as GRAPH_BASE_URL', (url, origin) => {
    expect(readSettings({ GRAPH_BASE_URL: url }).graphUrl).toBe(origin);
  });

  it.each([
    ['PT10S', 10_000],
    ['PT0.5S', 500],
    ['PT1M30S', 90_000],
  ])('read %s as a deadline', (text, milliseconds) => {
    expect(readSettings({ GRAPH_DEADLINE: text }).graphDeadline).toBe(milliseconds);
  });

  it.each([
    ...['P1M', 'P1Y', '-PT5S', 'PT-5S', 'PT0S', 'PT1H', 'soon', 'xPT10Sx', 'xPT10S', 'PT10Sx', 'PT10S PT5S'],
    ...[' PT10S', 'PT10S ', 'PT10S\n'],
    ...['PT10SPT5S', 'P', 'PT', 'P1DT', 'PT10', 'PT1S1M', 'pt10s', 'PT1.S', 'PT.5S', 'PT1e1S'],
  ])('refuse %s as a deadline', (text) => {
    expect(messageOf({ GRAPH_DEADLINE: text })).toContain('GRAPH_DEADLINE');
  });

  it('read durations of days and weeks', () => {
    expect(readSettings({ DEFERRAL_GIVE_UP_AFTER: 'P1W1DT1S' }).giveUpAfter).toBe(691_201_000);
    expect(readSettings({ DEFERRAL_GIVE_UP_AFTER: 'P0,5DT1H0.5M1.25S' }).giveUpAfter).toBe(46_831_250);
  });

  it('keep the clouds apart', () => {
    expect(readSettings({ GRAPH_CLOUD: 'usgov-l5' }).graphUrl).toBe('https://dod-graph.microsoft.us');
  });

  const key = 'AccountName=abc;AccountKey=aGVsbG8=';
  const signature = 'SharedAccessSignature=sv=2020&sig=x%3D';

  it.each([
    ['UseDevelopmentStorage=true', null],
    [
      `DefaultEndpointsProtocol=https;${key};EndpointSuffix=core.windows.net`,
      'https://abc.table.core.windows.net',
    ],
    [key, 'https://abc.table.core.windows.net'],
    [`${key};EndpointSuffix=core.usgovcloudapi.net`, 'https://abc.table.core.usgovcloudapi.net'],
    [
      `DefaultEndpointsProtocol=http;${key};QueueEndpoint=http://127.0.0.1:1/abc;TableEndpoint=http://127.0.0.1:2/abc`,
      'http://127.0.0.1:2/abc',
    ],
    [`AccountName=abc;${signature}`, 'https://abc.table.core.windows.net'],
    [
      `QueueEndpoint=https://abc.queue.core.cloudapi.de;TableEndpoint=https://abc.table.core.cloudapi.de;${signature}`,
      'https://abc.table.core.cloudapi.de',
    ],
  ])('take the storage connection string %s, and so do both SDKs', (text, tableUrl) => {
    const { storage } = readSettings({ AzureWebJobsStorage: text });
    if (storage?.kind !== 'connection-string') throw new Error('another kind');
    QueueServiceClient.fromConnectionString(storage.connectionString);
    const table = TableClient.fromConnectionString(storage.connectionString, 'x', {
      allowInsecureConnection: true,
    });
    if (tableUrl !== null) expect(table.url.split('?')[0]).toBe(tableUrl);
  });

  it.each([
    'nonsense',
    'AccountName=abc',
    'AccountName=abc;AccountKey=not base64!',
    'AccountName=abc;AccountKey=',
    `DefaultEndpointsProtocol=ftp;${key}`,
    'AccountName=a b;AccountKey=aGVsbG8=',
    `QueueEndpoint=https://abc.queue.core.windows.net;${signature}`,
    `${key};QueueEndpoint=nowhere`,
    `${key};QueueEndpoint=ftp://127.0.0.1/abc`,
    `${key};TableEndpoint=ftp://127.0.0.1/abc`,
    `${key};garbage`,
  ])('refuse the storage connection string %s', (text) => {
    expect(messageOf({ AzureWebJobsStorage: text })).toContain('AzureWebJobsStorage');
  });

  it.each([
    ['GRAPH_BASE_URL', 'https://u:canary@localhost:1'],
    ['GRAPH_BASE_URL', 'AccountName=a;AccountKey=canary;x'],
    ['AzureWebJobsStorage__queueServiceUri', 'https://x.queue.core.windows.net?sv=1&sig=canary'],
    ['AZURE_CLIENT_ID', 'whsec_canary'],
  ])('mask a secret that was pasted into %s', (name, text) => {
    const message = messageOf({ [name]: text });
    expect(message).toContain(name);
    expect(message).not.toContain('canary');
  });

  it('read the identity form, in which the account name wins over the endpoints', () => {
    const clientId = '11111111-2222-3333-4444-555555555555';
    expect(
      readSettings({
        AzureWebJobsStorage__accountName: 'contoso1',
        AzureWebJobsStorage__queueServiceUri: 'https://other.queue.core.windows.net',
        AzureWebJobsStorage__credential: 'managedidentity',
        AzureWebJobsStorage__clientId: clientId,
      }).storage,
    ).toEqual({
      kind: 'identity',
      queueUrl: 'https://contoso1.queue.core.windows.net',
      tableUrl: 'https://contoso1.table.core.windows.net',
      clientId,
    });
  });

  const id = '11111111-2222-3333-4444-555555555555';
  const accountName = { AzureWebJobsStorage__accountName: 'contoso1' };
  it.each<[object, string | null]>([
    [{}, null],
    [{ AzureWebJobsStorage__credential: 'managedidentity' }, null],
    [{ AzureWebJobsStorage__credential: 'managedidentity', AZURE_CLIENT_ID: id }, null],
    [{ AzureWebJobsStorage__credential: 'managedidentity', AzureWebJobsStorage__clientId: id }, id],
  ])('reach storage as the host does with %j', (identity, clientId) => {
    expect(readSettings({ ...accountName, ...identity }).storage).toMatchObject({ clientId });
  });

  it.each([{ AZURE_CLIENT_ID: id }, { AzureWebJobsStorage__clientId: id }])(
    'refuse %j if the host would take another identity',
    (identity) => {
      expect(messageOf({ ...accountName, ...identity })).toContain('AzureWebJobsStorage__credential');
    },
  );

  it('find the table endpoint beside the queue endpoint', () => {
    expect(
      readSettings({ AzureWebJobsStorage__queueServiceUri: 'https://abc.queue.core.usgovcloudapi.net' })
        .storage,
    ).toMatchObject({ tableUrl: 'https://abc.table.core.usgovcloudapi.net' });
  });

  it.each([
    ['AzureWebJobsStorage__queueServiceUri', 'http://abc.queue.core.windows.net'],
    ['AzureWebJobsStorage__accountName', 'Not_A_Name'],
    ['AzureWebJobsStorage__credential', 'workloadidentity'],
    ['AZURE_CLIENT_ID', 'me'],
    ['GRAPH_DEADLINE', 'PT201S'],
    ['GROUP_ID_CHARACTERS', 'any'],
    ['GRAPH_CREDENTIAL', 'default'],
    ['EXTERNAL_CONNECTIONS', ' , '],
    ['WEBHOOK_SECRETS', 'whsec_dG9vc2hvcnQ='],
    ['WEBHOOK_SECRETS', 'ContosoHumanResourcesPrd=='],
    ['MEMBER_NAMES', ','],
    ['EXTERNAL_CONNECTIONS', 'contosohr,ContosoHR'],
    ['AzureWebJobsStorage__queueServiceUri', 'ftp://abc.queue.core.windows.net'],
    ['AzureWebJobsStorage__tableServiceUri', 'nowhere'],
    ['APPLICATIONINSIGHTS_CONNECTION_STRING', 'InstrumentationKey=x'],
    [
      'APPLICATIONINSIGHTS_CONNECTION_STRING',
      'InstrumentationKey=11111111-2222-3333-4444-555555555555;IngestionEndpoint=http://a',
    ],
  ])('refuse %s holding %s', (name, text) => {
    expect(messageOf({ [name]: text })).toContain(name);
  });

  it('take several webhook secrets', () => {
    const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'C2FVsBQIhrscChlQIMV+b5sSYspob7oD'];
    expect(readSettings({ WEBHOOK_SECRETS: secrets.join(', ') }).webhookSecrets).toEqual(
      secrets.map((secret) => ({ connectionId: null, secret })),
    );
  });

  it.each([
    ['contosohr=', '"contosohr="'],
    ['ContosoHumanResourcesPrd=', '"ContosoHumanResourcesPrd="'],
    ['contosohr=whsec_', '"contosohr="'],
    ['whsec_AAAAAAAAAAAAAAAAAAAAAA==,contosohr=', '"contosohr="'],
    ['contosohr=,fabrikam=', '"contosohr=", "fabrikam="'],
    // A secret of 17 bytes that lacks its prefix would look like that.
    ['whsec_AAAAAAAAAAAAAAAAAAAAAA==,canaryCanaryCanaryCana0=', 'entry 2'],
  ])('refuse the webhook secrets %s and name what lacks a secret', (text, named) => {
    const message = messageOf({ WEBHOOK_SECRETS: text });
    expect(message).toContain(`WEBHOOK_SECRETS holds no secret for ${named} (`);
    expect(message).not.toMatch(/AAAA|canary/);
  });

  it.each([
    ...Object.keys(settingCatalogue),
    'AzureWebJobsStorage__accountName',
    'AzureWebJobsStorage__clientId',
  ])('say of %s that its Key Vault reference was not resolved, and of nothing else', (name) => {
    const reference = '@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/canary/)';
    const message = messageOf({ [name]: reference });
    const [, ...lines] = message.split('\n');
    expect(lines.filter((line) => !line.includes('queueServiceUri'))).toEqual([
      expect.stringContaining(`  ${name} holds a Key Vault reference that the platform could not resolve;`),
    ]);
    expect(message).toContain('Key Vault Secrets User');
    expect(message).toContain('docs/deploy.md, "Key Vault references"');
    expect(message).not.toContain('canary');
  });

  it('bind a webhook secret to a connection', () => {
    const secret = 'whsec_AAAAAAAAAAAAAAAAAAAAAA==';
    expect(readSettings({ WEBHOOK_SECRETS: `contosohr=${secret},${secret}` }).webhookSecrets).toEqual([
      { connectionId: 'contosohr', secret },
      { connectionId: null, secret },
    ]);
    expect(messageOf({ WEBHOOK_SECRETS: `MicrosoftX=${secret}` })).toContain('<connection id>=whsec_');
  });

  it('switch streaming on with the word true alone', () => {
    expect(readSettings({ HTTP_STREAMING: 'true' }).httpStreaming).toBe(true);
    for (const word of ['True', '1', 'yes'])
      expect(messageOf({ HTTP_STREAMING: word })).toContain('one of true, false');
  });

  it('of a source bind its secrets to its one connection, and one alone serves nothing', () => {
    const { sources } = readSettings({
      SOURCE_OKTA_SECRETS: 'new, old ,',
      SOURCE_OKTA_CONNECTION: 'contosohr',
      SOURCE_GITLAB_SECRETS: 'token',
      SOURCE_AUTH0_CONNECTION: 'contosohr',
      SOURCE_MY_HR_SECRETS: 's',
      SOURCE_MY_HR_CONNECTION: 'contosohr',
      SOURCE_GITLAB_CONNECTION: ' ',
    });
    expect([...sources]).toEqual([
      ['okta', { secrets: ['new', 'old'], connectionId: 'contosohr' }],
      ['my_hr', { secrets: ['s'], connectionId: 'contosohr' }],
    ]);
  });

  it('of a source are named if they are wrong, and its secrets are not shown', () => {
    const message = messageOf({
      EXTERNAL_CONNECTIONS: 'contosohr',
      SOURCE_OKTA_SECRETS: ' , ,',
      SOURCE_OKTA_CONNECTION: 'contoso-hr',
      SOURCE_GITLAB_SECRETS: 'hidden-secret',
      SOURCE_GITLAB_CONNECTION: 'contosocrm',
      SOURCE_AUTH0_SECRETS: '@Microsoft.KeyVault(VaultName=kv;SecretName=auth0)',
    });
    expect(message).toContain('SOURCE_OKTA_SECRETS holds a value that is not shown');
    expect(message).toContain(
      'SOURCE_OKTA_CONNECTION holds "contoso-hr"; it may hold one valid connection id',
    );
    expect(message).toContain('SOURCE_GITLAB_CONNECTION holds "contosocrm"; it may hold one of EXTERNAL_CON');
    expect(message).toContain('SOURCE_AUTH0_SECRETS holds a Key Vault reference');
    expect(message).not.toContain('hidden-secret');
  });

  it('are all in the sample, and no other of ours is', async () => {
    const sample = JSON.parse(await readFile('local.settings.sample.json', 'utf8'));
    const foreign = ['FUNCTIONS_WORKER_RUNTIME', 'SOURCE_OKTA_SECRETS', 'SOURCE_OKTA_CONNECTION'];
    expect(
      Object.keys(sample.Values)
        .filter((name) => !foreign.includes(name))
        .sort(),
    ).toEqual(Object.keys(settingCatalogue).sort());
    for (const [name, { default: byDefault }] of Object.entries(settingCatalogue))
      if (byDefault !== null) expect(sample.Values[name]).toBe(byDefault);
  });
});
