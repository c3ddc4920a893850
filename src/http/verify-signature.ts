import { createHmac, timingSafeEqual } from 'node:crypto';
import { AdapterError } from '../problems/adapter-error.ts';
import type { WebhookSecret } from '../settings/catalogue.ts';

/** The check of Standard Webhooks signatures, by the secrets that the app knows. */
export interface Signatures {
  /**
   * Throws `signature-invalid` unless the bytes carry a valid signature by a secret that counts for the connection, or
   * none counts for it. `connectionId` null: the request names no connection that can be read, so it changes none; it
   * needs a signature by any secret if one counts for every connection. `connectionId` is called only if an answer
   * depends on it.
   */
  readonly verify: (body: Buffer, headers: Headers, connectionId: () => string | null) => void;
  /**
   * Throws `signed-changes-only` if a secret counts for the connection: a signature covers the body alone, and this
   * request says what it changes elsewhere, in its method, its address or its query.
   */
  readonly refuseUncovered: (connectionId: string) => void;
}

/** Any secret that counts is accepted: there are two while one is being rotated. */
export function createSignatures(secrets: readonly WebhookSecret[], now = Date.now): Signatures {
  const unbound = secrets.filter(({ connectionId }) => connectionId === null);
  const isBound = unbound.length < secrets.length;

  function counting(connectionId: string): readonly WebhookSecret[] {
    // Ids that differ only in case are one connection: another spelling must not avoid the signature.
    const name = connectionId.toLowerCase();
    return secrets.filter((one) => one.connectionId === null || one.connectionId.toLowerCase() === name);
  }

  function required(connectionId: () => string | null): readonly WebhookSecret[] {
    if (!isBound) return unbound;
    const named = connectionId();
    if (named !== null) return counting(named);
    return unbound.length > 0 ? secrets : [];
  }

  return {
    verify: (body, headers, connectionId) => {
      const accepted = required(connectionId);
      if (accepted.length === 0 || accepted.some(({ secret }) => isSigned(secret, body, headers, now())))
        return;
      throw new AdapterError('signature-invalid', 'The webhook signature is missing, expired or wrong.');
    },
    refuseUncovered: (connectionId) => {
      if (counting(connectionId).length === 0) return;
      throw new AdapterError(
        'signed-changes-only',
        'Changes of this connection must be signed as a whole: send this one as a message to POST /api/changes.',
      );
    },
  };
}

/** Seconds that the sender's clock may differ (standardwebhooks.com). */
const tolerance = 300;

/**
 * The scheme of Standard Webhooks over bytes: HMAC-SHA256 of `id.timestamp.body`. The reference library signs text, which
 * bytes that are not UTF-8 cannot become without becoming other bytes.
 */
function isSigned(secret: string, body: Buffer, headers: Headers, now: number): boolean {
  const [id, timestamp, signatures] = [
    headers.get('webhook-id') ?? '',
    headers.get('webhook-timestamp') ?? '',
    headers.get('webhook-signature') ?? '',
  ];
  if (id === '' || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(Math.floor(now / 1000) - Number(timestamp)) > tolerance) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  return signatures.split(' ').some((versioned) => {
    const [version, signature = ''] = versioned.split(',');
    const given = Buffer.from(signature, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
}
