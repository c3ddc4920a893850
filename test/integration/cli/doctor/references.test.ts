import { createServer } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkReferences } from '../../../../cli/doctor/reference-check.ts';
import { createCertificate } from '../../../../local/stack/certificate.ts';
import { type Listening, listen } from '../../../../local/stack/listen.ts';
import { createFetch } from '../../../../src/shared/fetch.ts';

const subscription = '22222222-3333-4444-8555-666666666666';
const sites = `/subscriptions/${subscription}/providers/Microsoft.Web/sites`;
const site = `/subscriptions/${subscription}/resourceGroups/rg-groups/providers/Microsoft.Web/sites/func-groups`;
const url = 'https://func-groups.azurewebsites.net';

/** The part of Azure Resource Manager that concerns references, over TLS. */
describe('the Key Vault references of an app', () => {
  let listening: Listening;
  let status: number;
  let references: readonly (readonly [setting: string, status: string])[];
  beforeAll(async () => {
    const tls = await createCertificate();
    setDefaultCACertificates([...getCACertificates('default'), tls.cert]);
    const answers: Readonly<Record<string, () => readonly object[]>> = {
      '/subscriptions': () => [{ subscriptionId: subscription }],
      [sites]: () => [
        { id: `${site}-other`, properties: { hostNames: ['func-other.azurewebsites.net'] } },
        { id: site, properties: { hostNames: ['Func-Groups.azurewebsites.net', 'groups.contoso.com'] } },
      ],
      [`${site}/config/configreferences/appsettings`]: () =>
        references.map(([name, status]) => ({ name, properties: { status, details: 'not to be shown' } })),
    };
    const server = createServer({ cert: tls.cert, key: tls.key }, (request, response) => {
      const value = answers[new URL(request.url ?? '/', url).pathname]?.();
      response.writeHead(value === undefined ? 404 : status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ value }));
    });
    listening = await listen(server);
  });
  afterAll(() => listening.close());
  beforeEach(() => {
    status = 200;
    references = [
      ['WEBHOOK_SECRETS', 'Resolved'],
      ['SOURCE_OKTA_SECRETS', 'Resolved'],
    ];
  });

  const find = (of = url) =>
    checkReferences(of, {
      root: `https://localhost:${listening.port}`,
      token: async () => 'operator-token',
      fetch: createFetch({}),
    });

  it.each([url, 'https://groups.contoso.com'])('are found by the address of the app: %s', async (of) => {
    expect(await find(of)).toEqual({
      status: 'passed',
      seen: 'read: WEBHOOK_SECRETS, SOURCE_OKTA_SECRETS',
    });
  });

  it('that could not be read are named with the reason and what to do', async () => {
    references = [
      ['WEBHOOK_SECRETS', 'AccessToKeyVaultDenied'],
      ['SOURCE_OKTA_SECRETS', 'Resolved'],
    ];
    const finding = await find();
    expect(finding).toMatchObject({ status: 'failed', seen: 'WEBHOOK_SECRETS: AccessToKeyVaultDenied' });
    expect(finding.fix).toContain(`-u "${site}/config/configreferences/appsettings/refresh?`);
  });

  it('may be none', async () => {
    references = [];
    expect(await find()).toMatchObject({ status: 'passed', seen: expect.stringContaining('no setting') });
  });

  it('are skipped if the operator cannot see them', async () => {
    expect(await find('https://elsewhere.azurewebsites.net')).toMatchObject({
      status: 'skipped',
      seen: expect.stringContaining('elsewhere.azurewebsites.net'),
    });
    status = 403;
    expect(await find()).toMatchObject({ status: 'skipped', seen: expect.stringContaining('answered 403') });
  });
});
