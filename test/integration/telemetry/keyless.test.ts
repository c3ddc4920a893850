import { once } from 'node:events';
import { createServer } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CertificateFiles,
  createCertificate,
  writeCertificate,
} from '../../../local/stack/certificate.ts';
import { type Listening, listen } from '../../../local/stack/listen.ts';
import {
  type IdentityEndpoint,
  startIdentityEndpoint,
} from '../../../local/stand-ins/identity/identity-endpoint.ts';
import { createTokenIssuer, type TokenIssuer } from '../../../local/stand-ins/identity/token-issuer.ts';
import { startDriver } from './start-driver.ts';

const clientId = '3f0a4a52-6a0e-4e3c-8a5a-0c6f4f6b8b11';
const key = '00000000-0000-4000-8000-000000000000';

describe('an intake that takes Entra tokens only', () => {
  const authorizations: (string | undefined)[] = [];
  let files: CertificateFiles;
  let tokens: TokenIssuer;
  let identity: IdentityEndpoint;
  let intake: Listening;
  beforeAll(async () => {
    const certificate = await createCertificate();
    files = await writeCertificate(certificate);
    tokens = createTokenIssuer();
    identity = await startIdentityEndpoint({ tokens });
    const server = createServer(certificate, (request, response) => {
      authorizations.push(request.headers.authorization);
      request.resume();
      void once(request, 'end').then(() =>
        response
          .setHeader('content-type', 'application/json')
          .end('{"itemsReceived":1,"itemsAccepted":1,"errors":[]}'),
      );
    });
    intake = await listen(server);
  });
  afterAll(async () => {
    await intake.close();
    await identity.close();
    await files.remove();
  });

  async function sendOne(authentication: string): Promise<(string | undefined)[]> {
    authorizations.length = 0;
    const driver = startDriver({
      APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=${key};IngestionEndpoint=https://localhost:${intake.port}/`,
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: authentication,
      NODE_EXTRA_CA_CERTS: files.certFile,
      IDENTITY_ENDPOINT: identity.url,
      IDENTITY_HEADER: identity.header,
    });
    await driver.tell({ do: 'create', count: 1 });
    await driver.tell({ do: 'flush', milliseconds: 120_000 });
    await driver.stop();
    expect(driver.output()).toBe('');
    expect(authorizations.length).toBeGreaterThan(0);
    return authorizations;
  }

  it.each([
    ['Authorization=AAD', undefined],
    [`Authorization=AAD;ClientId=${clientId}`, clientId],
  ])('is sent the token that %s asks for', async (authentication, named) => {
    for (const authorization of await sendOne(authentication)) {
      const token = authorization?.replace('Bearer ', '') ?? '';
      const verdict = tokens.verify(token, ['https://monitor.azure.com']);
      expect(verdict).toMatchObject({ ok: true });
      if (verdict.ok && named === undefined) expect(verdict.caller.clientId).not.toBe(clientId);
      if (verdict.ok && named !== undefined) expect(verdict.caller.clientId).toBe(named);
    }
  });

  it('is sent none if the setting is not there', async () => {
    expect(new Set(await sendOne(''))).toEqual(new Set([undefined]));
  });
});
