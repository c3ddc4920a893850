import { isUtf8 } from 'node:buffer';
import { AdapterError } from '../problems/adapter-error.ts';
import type { WebhookSecret } from '../settings/catalogue.ts';

/**
 * Throws `signature-invalid` unless the bytes carry a valid Standard Webhooks signature, by a secret that applies to
 * the connection that the request names.
 */
export type VerifySignature = (
  body: Buffer,
  headers: Headers,
  connectionId: string | undefined,
) => Promise<void>;

const signatureHeaders = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;

/**
 * Any applicable secret is accepted: there are two while one is being rotated. The library compares in constant time
 * and tolerates five minutes between the clocks. It signs text, so bytes that are not UTF-8 cannot be signed at all.
 */
export function createSignatureVerification(secrets: readonly WebhookSecret[]): VerifySignature {
  if (secrets.length === 0) return () => Promise.resolve();
  return async function verifySignature(body, headers, connectionId) {
    const { Webhook } = await import('./webhook.ts');
    const given = Object.fromEntries(signatureHeaders.map((name) => [name, headers.get(name) ?? '']));
    const failures: unknown[] = [];
    const counting = secrets.filter((one) => one.connectionId === null || one.connectionId === connectionId);
    for (const { secret } of isUtf8(body) ? counting : []) {
      try {
        new Webhook(secret).verify(body, given, { jsonParse: false });
        return;
      } catch (failure) {
        failures.push(failure);
      }
    }
    throw new AdapterError('signature-invalid', 'The webhook signature is missing, expired or wrong.', {
      cause: failures[0],
    });
  };
}
