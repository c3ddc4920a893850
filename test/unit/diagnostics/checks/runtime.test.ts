import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../../src/diagnostics/check.ts';
import { type Runtime, runtimeChecks } from '../../../../src/diagnostics/checks/runtime.ts';
import { settingCatalogue } from '../../../../src/settings/catalogue.ts';
import { readSettings } from '../../../../src/settings/settings.ts';

const storage = { AzureWebJobsStorage: 'UseDevelopmentStorage=true' };

async function find(id: string, more: Partial<Runtime>, environment: Record<string, string> = storage) {
  const runtime: Runtime = {
    settings: readSettings(environment),
    variables: Object.keys(environment),
    sources: [],
    nodeVersion: 'v22.1.0',
    hostVersion: '4.1036.0',
    ...more,
  };
  const check = runtimeChecks(runtime).find((one) => one.id === id);
  const finding: Finding | undefined = await check?.look(new AbortController().signal);
  return finding;
}

describe('what the process knows of itself', () => {
  it('is well', async () => {
    for (const id of ['settings', 'node', 'host'])
      expect(await find(id, {})).toMatchObject({ status: 'passed' });
  });

  it('lists the names of settings, never what they hold', async () => {
    const environment = {
      AzureWebJobsStorage__queueServiceUri: 'https://a.queue.core.windows.net',
      WEBHOOK_SECRETS: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
      EXTERNAL_CONNECTIONS: 'contosohr',
    };
    const { seen } = (await find('settings', {}, environment)) ?? {};
    expect(seen).toBe('set: EXTERNAL_CONNECTIONS, WEBHOOK_SECRETS, AzureWebJobsStorage');
  });

  it.each([
    [
      'no storage',
      { GRAPH_DEADLINE: 'PT1S' },
      /nothing can be deferred/,
      /AzureWebJobsStorage__queueServiceUri/,
    ],
    [
      'a Graph on the machine, in Azure',
      { ...storage, GRAPH_BASE_URL: 'https://localhost:1', WEBSITE_SITE_NAME: 'app' },
      /GRAPH_BASE_URL/,
      /Remove the setting GRAPH_BASE_URL/,
    ],
    [
      'a developer’s sign-in, in Azure',
      { ...storage, GRAPH_CREDENTIAL: 'azure-cli', WEBSITE_SITE_NAME: 'app' },
      /azure-cli/,
      /Remove the setting GRAPH_CREDENTIAL/,
    ],
    [
      'a name that nobody reads',
      { ...storage, EXTERNAL_CONNECTION: 'contosohr', WEBHOOK_SECRET: 'x' },
      /EXTERNAL_CONNECTION, WEBHOOK_SECRET$/,
      /EXTERNAL_CONNECTIONS,/,
    ],
  ])('says what is wrong with %s', async (_what, environment, seen, fix) => {
    expect(await find('settings', {}, environment)).toEqual({
      status: 'failed',
      seen: expect.stringMatching(seen),
      fix: expect.stringMatching(fix),
    });
  });

  it.each(Object.keys(settingCatalogue).filter((name) => !/^(?:Azure|APPLICATIONINSIGHTS)/i.test(name)))(
    'notices a setting that is not quite %s',
    async (name) => {
      for (const similar of [`${name}X`, name.toLowerCase()])
        expect(await find('settings', {}, { ...storage, [similar]: 'x' })).toMatchObject({
          status: 'failed',
          seen: `nothing reads the setting ${similar}`,
        });
    },
  );

  it.each([
    ['v22.23.3', 'passed'],
    ['v24.0.0', 'passed'],
    ['v26.1.0', 'passed'],
    ['v20.20.2', 'failed'],
    ['v23.0.0', 'failed'],
    ['nonsense', 'failed'],
  ])('judges Node.js %s: %s', async (nodeVersion, status) => {
    const finding = await find('node', { nodeVersion });
    expect(finding).toMatchObject({ status });
    if (status === 'failed') expect(finding?.fix).toContain('functionAppConfig.runtime.version');
  });

  it.each([
    ['4.834.3', 'passed'],
    ['3.21.1', 'failed'],
    [null, 'skipped'],
  ])('judges the Functions host %s: %s', async (hostVersion, status) => {
    const finding = await find('host', { hostVersion });
    expect(finding).toMatchObject({ status });
    if (status === 'failed') expect(finding?.fix).toContain('version 4');
  });
});
