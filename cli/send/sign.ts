import { Webhook } from 'standardwebhooks';

/** Headers of a Standard Webhooks signature. */
type SignatureHeaders = Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>>;

/** Signs a body with a Standard Webhooks secret. The signature is good for five minutes. */
export function signBody(secret: string, body: string): SignatureHeaders {
  const id = `cli_${crypto.randomUUID()}`;
  const at = new Date();
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
}
