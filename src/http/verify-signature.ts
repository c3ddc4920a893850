import { AdapterError } from '../problems/adapter-error.ts';
import type { WebhookSecret } from '../settings/webhook-secret.ts';
import { isSigned } from '../shared/standard-webhooks.ts';

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
        'Changes of this connection must be signed as a whole: send this change as a message to POST /api/changes.',
      );
    },
  };
}
