import type { Caller, TokenIssuer } from '../identity/token-issuer.ts';
import { groupsRole } from '../identity/token-issuer.ts';
import { type Answer, refusal } from './answer.ts';

/** The result of checking a request's `Authorization` header. */
export type Authentication =
  | { readonly tokenAccepted: false; readonly refused: Answer }
  /** The token was issued by our own identity provider, for this Graph, and is still good. */
  | {
      readonly tokenAccepted: true;
      /** Identifies the token without revealing it; a fresh token has another id. */
      readonly tokenId: string;
      readonly caller: Caller;
    };

const sufficientRoles = [groupsRole, 'ExternalItem.ReadWrite.All'];
const challenge =
  'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"';

function unauthenticated(message: string): Authentication {
  const answer = refusal(401, 'InvalidAuthenticationToken', message);
  return { tokenAccepted: false, refused: { ...answer, headers: { 'www-authenticate': challenge } } };
}

/** Checks the bearer token. */
export function authenticate(
  header: string | undefined,
  tokens: TokenIssuer,
  audiences: readonly string[],
): Authentication {
  const token = /^Bearer (\S+)$/i.exec(header ?? '')?.[1];
  if (token === undefined) return unauthenticated('Access token is empty.');
  const verdict = tokens.verify(token, audiences);
  if (!verdict.ok) return unauthenticated(verdict.reason);
  return { tokenAccepted: true, tokenId: verdict.id, caller: verdict.caller };
}

/** The response to a caller without the role that external groups require; undefined if it has one. */
export function refuseWithoutGroupsRole({ permissions }: Caller): Answer | undefined {
  return permissions.some((permission) => sufficientRoles.includes(permission)) ? undefined : forbidden();
}

export function forbidden(): Answer {
  return refusal(403, 'Forbidden', 'Insufficient privileges to complete the operation.');
}
