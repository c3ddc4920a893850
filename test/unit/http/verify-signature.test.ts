import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { createSignatures } from '../../../src/http/verify-signature.ts';

const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] as const;
const [bound, shared] = secrets;
const body = Buffer.from('{"id":"a","displayName":"Łódź"}');
const refused = expect.objectContaining({ code: 'signature-invalid' });

/** As the reference library signs. */
function signed(secret: string, bytes: Buffer, at = new Date(), id = 'msg_1'): Headers {
  return new Headers({
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, bytes.toString('utf8')),
  });
}

describe('a webhook signature', () => {
  const all = createSignatures(secrets.map((secret) => ({ connectionId: null, secret })));
  const verify = (bytes: Buffer, headers: Headers) => () => all.verify(bytes, headers, () => 'contosohr');

  it.each(secrets)('made with any current secret will do', (secret) => {
    expect(verify(body, signed(secret, body))).not.toThrow();
  });

  it('is the one that the reference library makes, of any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.uint8Array({ minLength: 24, maxLength: 64 }),
        (text, key) => {
          const secret = `whsec_${Buffer.from(key).toString('base64')}`;
          const bytes = Buffer.from(text);
          const { verify } = createSignatures([{ connectionId: null, secret }]);
          verify(bytes, signed(secret, bytes), () => null);
          expect(() => verify(Buffer.from(`${text}.`), signed(secret, bytes), () => null)).toThrow();
        },
      ),
    );
  });

  it('holds for bodies that are no JSON: what they are is looked at later', () => {
    const text = Buffer.from('not json');
    expect(verify(text, signed(bound, text))).not.toThrow();
  });

  it('holds for bytes that are no UTF-8, and for no other bytes that read as the same text', () => {
    const bytes = Buffer.from([0x22, 0xff, 0x22]);
    const [id, timestamp] = ['msg_1', String(Math.floor(Date.now() / 1000))];
    const key = Buffer.from(bound.replace('whsec_', ''), 'base64');
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(bytes).digest('base64');
    const headers = new Headers({
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    });
    expect(verify(bytes, headers)).not.toThrow();
    expect(verify(Buffer.from([0x22, 0xfe, 0x22]), headers)).toThrow(refused);
    // What a library that signs text makes of these bytes.
    expect(verify(bytes, signed(bound, bytes))).toThrow(refused);
  });

  it('over other bytes is refused', () => {
    expect(verify(Buffer.from(`${body} `), signed(bound, body))).toThrow(refused);
  });

  it('of another secret is refused', () => {
    expect(verify(body, signed('whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', body))).toThrow(refused);
  });

  it.each([-301, 301])('%i s away is refused', (seconds) => {
    const at = new Date(Date.now() + seconds * 1000);
    expect(verify(body, signed(bound, body, at))).toThrow(refused);
  });

  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('without %s is refused', (name) => {
    const headers = signed(bound, body);
    headers.delete(name);
    expect(verify(body, headers)).toThrow(refused);
  });

  it.each(['v1,', 'v1', 'v1a,x', 'v2,x', ',', ' ', 'v1,AAAA v1,'])('that reads %j is refused', (text) => {
    const headers = signed(bound, body);
    headers.set('webhook-signature', text);
    expect(verify(body, headers)).toThrow(refused);
  });

  it('is not asked for if no secret is set', () => {
    const none = createSignatures([]);
    expect(() => none.verify(body, new Headers(), () => 'contosohr')).not.toThrow();
    expect(() => none.refuseUncovered('contosohr')).not.toThrow();
  });
});

describe('a secret that is bound to a connection', () => {
  const only = createSignatures([{ connectionId: 'contosohr', secret: bound }]);
  const both = createSignatures([
    { connectionId: 'contosohr', secret: bound },
    { connectionId: null, secret: shared },
  ]);
  const unsigned = new Headers();
  const byBound = signed(bound, body);

  it('counts for that connection, however it is spelled, and for no other', () => {
    for (const name of ['contosohr', 'ContosoHR']) {
      expect(() => only.verify(body, byBound, () => name)).not.toThrow();
      expect(() => only.verify(body, unsigned, () => name)).toThrow(refused);
      expect(() => both.verify(body, signed(shared, body), () => name)).not.toThrow();
    }
    for (const name of ['fabrikam', '', 'contosohr2'])
      expect(() => both.verify(body, byBound, () => name)).toThrow(refused);
  });

  it('alone asks nothing of other connections, nor of what names none', () => {
    for (const name of ['fabrikam', '', null])
      expect(() => only.verify(body, unsigned, () => name)).not.toThrow();
  });

  it('beside a secret for all connections is good for a body that names none, which changes none', () => {
    expect(() => both.verify(body, unsigned, () => null)).toThrow(refused);
    for (const secret of secrets)
      expect(() => both.verify(body, signed(secret, body), () => null)).not.toThrow();
  });

  it('closes what a signature would not cover', () => {
    const closed = expect.objectContaining({ code: 'signed-changes-only' });
    expect(() => only.refuseUncovered('CONTOSOHR')).toThrow(closed);
    expect(() => only.refuseUncovered('fabrikam')).not.toThrow();
    expect(() => both.refuseUncovered('fabrikam')).toThrow(closed);
  });
});
