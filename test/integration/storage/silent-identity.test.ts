import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type IdentityEndpoint,
  startIdentityEndpoint,
} from '../../../local/stand-ins/identity/identity-endpoint.ts';
import { createTokenIssuer } from '../../../local/stand-ins/identity/token-issuer.ts';
import { createOperations } from '../../../src/creations/operations/operations.ts';
import { createAzureCredential } from '../../../src/identity/azure-credential.ts';
import { createQueueSender, queueNames } from '../../../src/storage/queues.ts';

// Nothing is ever sent there: the token is needed first.
const storage = {
  kind: 'identity',
  queueUrl: 'https://127.0.0.1:1/queue',
  tableUrl: 'https://127.0.0.1:1/table',
  clientId: null,
} as const;
const bound = 300;

describe('storage with an identity endpoint that says nothing', () => {
  let identity: IdentityEndpoint;
  beforeAll(async () => {
    identity = await startIdentityEndpoint({ tokens: createTokenIssuer() });
    process.env.IDENTITY_ENDPOINT = identity.url;
    process.env.IDENTITY_HEADER = identity.header;
    identity.setFault({ kind: 'hang' });
  });
  afterAll(() => identity.close());

  const credential = createAzureCredential({ kind: 'managed-identity', clientId: null });
  const credentialFor = async () => credential;

  it('sends no message, and says so within its bound', async () => {
    const send = createQueueSender(storage, credentialFor).send;
    await expect(send(queueNames.work, {}, { delay: 0, within: bound })).rejects.toThrow(/timeout|abort/i);
  });

  it('reads no operation, and says so within its bound', async () => {
    const operations = createOperations(storage, credentialFor);
    await expect(operations.read('ab'.repeat(16), bound)).rejects.toThrow(/timeout|abort/i);
  });

  it('lets a thousand calls share one request to it', async () => {
    const send = createQueueSender(storage, credentialFor).send;
    const before = identity.counts().calls;
    const sent = Array.from({ length: 1_000 }, () =>
      send(queueNames.work, {}, { delay: 0, within: bound }).catch(() => 'refused'),
    );
    expect(new Set(await Promise.all(sent))).toEqual(new Set(['refused']));
    expect(identity.counts().calls - before).toBeLessThanOrEqual(1);
  });
});
