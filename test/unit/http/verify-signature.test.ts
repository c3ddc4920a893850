import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { createSignatureVerification } from '../../../src/http/verify-signature.ts';

const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] as const;
const body = Buffer.from('{"id":"a","displayName":"Łódź"}');

function signed(secret: string, bytes: Buffer, at = new Date()): Headers {
  return new Headers({
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign('msg_1', at, bytes.toString('utf8')),
  });
}

describe('a webhook signature', () => {
  const verifyAll = createSignatureVerification(secrets.map((secret) => ({ connectionId: null, secret })));
  const verify = (bytes: Buffer, headers: Headers) => verifyAll(bytes, headers, 'contosohr');

  it.each(secrets)('made with any current secret will do', async (secret) => {
    await expect(verify(body, signed(secret, body))).resolves.toBeUndefined();
  });

  it('holds for bodies that are no JSON: what they are is looked at later', async () => {
    const text = Buffer.from('not json');
    await expect(verify(text, signed(secrets[0], text))).resolves.toBeUndefined();
  });

  const refused = { code: 'signature-invalid' };

  it('by a secret that is bound to a connection counts for no other', async () => {
    const [bound, shared] = secrets;
    const verifyBound = createSignatureVerification([
      { connectionId: 'contosohr', secret: bound },
      { connectionId: null, secret: shared },
    ]);
    await expect(verifyBound(body, signed(bound, body), 'contosohr')).resolves.toBeUndefined();
    await expect(verifyBound(body, signed(shared, body), 'fabrikam')).resolves.toBeUndefined();
    for (const other of ['fabrikam', 'ContosoHR', '', undefined])
      await expect(verifyBound(body, signed(bound, body), other)).rejects.toMatchObject(refused);
  });

  it('over other bytes is refused', async () => {
    await expect(verify(Buffer.from(`${body} `), signed(secrets[0], body))).rejects.toMatchObject(refused);
  });

  it('of another secret is refused', async () => {
    const foreign = signed('whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', body);
    await expect(verify(body, foreign)).rejects.toMatchObject(refused);
  });

  it.each([-301, 301])('%i s away is refused', async (seconds) => {
    const at = new Date(Date.now() + seconds * 1000);
    await expect(verify(body, signed(secrets[0], body, at))).rejects.toMatchObject(refused);
  });

  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('without %s is refused', async (name) => {
    const headers = signed(secrets[0], body);
    headers.delete(name);
    await expect(verify(body, headers)).rejects.toMatchObject(refused);
  });

  it('over bytes that are no UTF-8 is refused: two such bodies would have one signature', async () => {
    const bytes = Buffer.from([0x22, 0xff, 0x22]);
    await expect(verify(bytes, signed(secrets[0], bytes))).rejects.toMatchObject(refused);
  });

  it('is not asked for if no secret is set', async () => {
    await expect(createSignatureVerification([])(body, new Headers(), 'contosohr')).resolves.toBeUndefined();
  });
});
