import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { isJsonObject, type JsonObject, parseJson } from '../../stack/json.ts';

/** The application role that creating groups needs, as it appears in a token's `roles`. */
export const groupsRole = 'ExternalItem.ReadWrite.OwnedBy';

export interface TokenIssuerOptions {
  /** Milliseconds since the epoch; a test may change it. */
  readonly now?: () => number;
  /** How long a token is valid. Managed identity tokens live about 24 hours. */
  readonly lifetimeSeconds?: number;
  readonly roles?: readonly string[];
  /** The client id of the identity if the caller names none. */
  readonly clientId?: string;
}

/** The managed identity that tokens are issued to unless the caller names another. */
interface Identity {
  readonly clientId: string;
  /** The object id of its service principal. */
  readonly objectId: string;
}

/** Who sent an accepted token, and its permissions. */
export interface Caller {
  readonly clientId: string;
  /** Application roles (`roles`) of an app, or consented scopes (`scp`) of a person. */
  readonly permissions: readonly string[];
  /** Directory roles of a person (`wids`); null: an app, whose permissions stand alone. */
  readonly directoryRoles: readonly string[] | null;
}

export interface IssuedToken {
  readonly token: string;
  readonly clientId: string;
  /** Seconds since the epoch. */
  readonly expiresOn: number;
}

type TokenVerdict =
  | { readonly ok: true; readonly id: string; readonly caller: Caller }
  | { readonly ok: false; readonly reason: string };

/** The claims of a user's token: the scopes of the app they use, and the user's directory roles. */
export interface OperatorSignIn {
  readonly scopes: readonly string[];
  readonly directoryRoles: readonly string[];
}

/** Issues and recognises the tokens of this run: one identity provider shared by the stand-ins. */
export interface TokenIssuer {
  readonly identity: Identity;
  /** The roles that tokens carry from now on; those issued before keep theirs, as in Entra ID. */
  roles(): readonly string[];
  setRoles(roles: readonly string[]): void;
  issue(resource: string, clientId?: string): IssuedToken;
  /** A token of a user signed in to the Azure CLI, valid for a year. */
  issueToOperator(resource: string, sign: OperatorSignIn): string;
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

/** The Azure CLI's own client id, the same in every tenant. */
const azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';

function readCaller({ appid, roles, scp, wids }: JsonObject): Caller {
  const words = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
  return {
    clientId: String(appid),
    permissions: typeof scp === 'string' ? scp.split(' ') : words(roles),
    directoryRoles: typeof scp === 'string' ? words(wids) : null,
  };
}

/**
 * An issuer whose key exists only in this process. The claims are those that Microsoft Entra ID puts into a managed
 * identity's access token (v1 format); no two tokens are equal.
 */
export function createTokenIssuer(options: TokenIssuerOptions = {}): TokenIssuer {
  const { now = Date.now, lifetimeSeconds = 86_400, clientId: ownId = randomUUID() } = options;
  const identity: Identity = { clientId: ownId, objectId: randomUUID() };
  let roles = options.roles ?? [groupsRole];
  const key = randomBytes(32);
  let issued = 0;
  let expired = 0;
  const sign = (content: string) => createHmac('sha256', key).update(content).digest();

  function issueToken(resource: string, lifetime: number, own: object): { token: string; exp: number } {
    issued += 1;
    const seconds = Math.floor(now() / 1000);
    const claims = {
      aud: resource,
      iss: `https://sts.windows.net/${tenantId}/`,
      iat: seconds,
      nbf: seconds,
      exp: seconds + lifetime,
      tid: tenantId,
      uti: `${issued}.${randomUUID()}`,
      ...own,
    };
    const content = `${encode({ typ: 'JWT', alg: 'HS256' })}.${encode(claims)}`;
    return { token: `${content}.${sign(content).toString('base64url')}`, exp: claims.exp };
  }

  return {
    identity,
    roles: () => roles,
    setRoles(next) {
      roles = next;
    },

    issue(resource, clientId = ownId) {
      const own = { appid: clientId, idtyp: 'app', oid: identity.objectId, roles };
      const { token, exp } = issueToken(resource, lifetimeSeconds, own);
      return { token, clientId, expiresOn: exp };
    },

    issueToOperator(resource, { scopes, directoryRoles }) {
      // Not counted among the app's tokens, so that only those expire on command.
      const uti = `operator.${randomUUID()}`;
      const person = { appid: azureCli, idtyp: 'user', scp: scopes.join(' '), wids: directoryRoles, uti };
      return issueToken(resource, 365 * 86_400, person).token;
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
      return { ok: true, id, caller: readCaller(claims) };
    },

    expireAll() {
      expired = issued;
    },
  };
}
