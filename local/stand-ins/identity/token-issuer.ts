import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { isJsonObject, type JsonObject, parseJson } from '../../stack/json.ts';

/** The application role that creating groups needs, as it appears in a token's `roles`. */
export const groupsRole = 'ExternalItem.ReadWrite.OwnedBy';

export interface TokenIssuerOptions {
  /** Milliseconds since the epoch; a test may move it. */
  readonly now?: () => number;
  /** How long a token is good for. Managed identity tokens live about 24 hours. */
  readonly lifetimeSeconds?: number;
  readonly roles?: readonly string[];
  /** The client id of the identity when the caller names none. */
  readonly clientId?: string;
}

export interface IssuedToken {
  readonly token: string;
  readonly clientId: string;
  /** Seconds since the epoch. */
  readonly expiresOn: number;
}

export type TokenVerdict =
  | { readonly ok: true; readonly id: string; readonly clientId: string; readonly roles: readonly unknown[] }
  | { readonly ok: false; readonly reason: string };

/** Issues and recognises the tokens of this run: one identity provider shared by the stand-ins. */
export interface TokenIssuer {
  issue(resource: string, clientId?: string): IssuedToken;
  verify(token: string, audiences: readonly string[]): TokenVerdict;
  /** From now on every token issued so far counts as expired. */
  expireAll(): void;
}

const tenantId = '11111111-2222-4333-8444-555555555555';
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function decode(part: string): JsonObject {
  const value = parseJson(Buffer.from(part, 'base64url').toString('utf8'));
  return isJsonObject(value) ? value : {};
}

/**
 * An issuer whose key lives and dies with the process. The claims are those that Microsoft Entra ID puts into
 * a managed identity's access token (v1 format); no two tokens are equal.
 */
export function createTokenIssuer(options: TokenIssuerOptions = {}): TokenIssuer {
  const {
    now = Date.now,
    lifetimeSeconds = 86_400,
    roles = [groupsRole],
    clientId: ownId = randomUUID(),
  } = options;
  const key = randomBytes(32);
  let issued = 0;
  let expired = 0;
  const sign = (content: string) => createHmac('sha256', key).update(content).digest();

  return {
    issue(resource, clientId = ownId) {
      issued += 1;
      const seconds = Math.floor(now() / 1000);
      const claims = {
        aud: resource,
        iss: `https://sts.windows.net/${tenantId}/`,
        iat: seconds,
        nbf: seconds,
        exp: seconds + lifetimeSeconds,
        appid: clientId,
        idtyp: 'app',
        oid: clientId,
        roles,
        tid: tenantId,
        uti: `${issued}.${randomUUID()}`,
      };
      const content = `${encode({ typ: 'JWT', alg: 'HS256' })}.${encode(claims)}`;
      return { token: `${content}.${sign(content).toString('base64url')}`, clientId, expiresOn: claims.exp };
    },

    verify(token, audiences) {
      const [header = '', payload = '', signature = '', ...rest] = token.split('.');
      const given = Buffer.from(signature, 'base64url');
      const wanted = sign(`${header}.${payload}`);
      if (rest.length > 0 || given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
        return { ok: false, reason: 'CompactToken parsing failed with error code: 80049217' };
      }
      const claims = decode(payload);
      const id = String(claims.uti);
      if (typeof claims.aud !== 'string' || !audiences.includes(claims.aud.replace(/\/$/, ''))) {
        return { ok: false, reason: 'Access token validation failure. Invalid audience.' };
      }
      if (Number(claims.exp) * 1000 <= now() || Number.parseInt(id, 10) <= expired) {
        return { ok: false, reason: 'Lifetime validation failed, the token is expired.' };
      }
      return {
        ok: true,
        id,
        clientId: String(claims.appid),
        roles: Array.isArray(claims.roles) ? claims.roles : [],
      };
    },

    expireAll() {
      expired = issued;
    },
  };
}
