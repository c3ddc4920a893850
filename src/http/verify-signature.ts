import { isUtf8 } from 'node:buffer';
import { AdapterError } from '../problems/adapter-error.ts';

/** Throws `signature-invalid` unless the bytes carry a valid Standard Webhooks signature. */
export type VerifySignature = (body: Buffer, headers: Headers) => Promise<void>;

const signatureHeaders = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;

/**
 * Any of the secrets will do: two of them while one is being replaced. The library compares in constant time and
 * allows five minutes between the clocks. It signs text, so bytes that are no UTF-8 cannot be signed at all.
 */
export function createSignatureVerification(secrets: readonly string[]): VerifySignature {
  if (secrets.length === 0) return () => Promise.resolve();
  return async (body, headers) => {
    const { Webhook } = await import('./webhook.ts');
    const given = Object.fromEntries(signatureHeaders.map((name) => [name, headers.get(name) ?? '']));
    const failures: unknown[] = [];
    for (const secret of isUtf8(body) ? secrets : []) {
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
