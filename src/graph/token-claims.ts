import { member } from './transport/read-response.ts';

/** The claims of an access token; they cannot be used as a token. */
export interface TokenClaims {
  readonly clientId: string | null;
  /** Object id of the identity's service principal. */
  readonly objectId: string | null;
  readonly tenantId: string | null;
  readonly roles: readonly string[];
  /** Milliseconds since 1970. */
  readonly issuedAt: number | null;
  readonly expiresAt: number;
}

/**
 * Reads a token's claims without checking its signature, which is up to Graph. Null if it is not a JWT: Entra ID does
 * not guarantee the format of Graph's tokens.
 */
export function readTokenClaims(token: string, expiresAt: number): TokenClaims | null {
  const [, payload, , ...rest] = token.split('.');
  if (payload === undefined || rest.length > 0) return null;
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
  if (typeof claims !== 'object' || claims === null) return null;
  const id = (name: string) => {
    const value = member(claims, name);
    return typeof value === 'string' && /^[\w.-]{1,64}$/.test(value) ? value : null;
  };
  const roles = member(claims, 'roles');
  const issued = member(claims, 'iat');
  return {
    clientId: id('appid') ?? id('azp'),
    objectId: id('oid'),
    tenantId: id('tid'),
    roles: Array.isArray(roles) ? roles.filter(isRole).slice(0, 100) : [],
    issuedAt: typeof issued === 'number' && Number.isFinite(issued) ? issued * 1000 : null,
    expiresAt,
  };
}

function isRole(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.-]{1,100}$/.test(value);
}
