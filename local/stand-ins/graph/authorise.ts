import { groupsRole, type TokenIssuer } from '../identity/token-issuer.ts';
import { type Answer, refusal } from './answer.ts';

/** What became of a request's `Authorization` header. */
export interface Authorisation {
  /** The token was issued by our own identity endpoint, for this Graph, and is still good. */
  readonly tokenAccepted: boolean;
  /** Identifies the token without showing it; a fresh token has another one. */
  readonly tokenId?: string;
  /** Set when the request goes no further. */
  readonly refused?: Answer;
}

const sufficientRoles = [groupsRole, 'ExternalItem.ReadWrite.All'];
const challenge =
  'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"';

function unauthorised(message: string): Authorisation {
  const answer = refusal(401, 'InvalidAuthenticationToken', message);
  return { tokenAccepted: false, refused: { ...answer, headers: { 'www-authenticate': challenge } } };
}

/** Checks the bearer token and the role it carries. `denied`: the role assignment is gone. */
export function authorise(
  header: string | undefined,
  tokens: TokenIssuer,
  audiences: readonly string[],
  denied: boolean,
): Authorisation {
  const token = /^Bearer (\S+)$/i.exec(header ?? '')?.[1];
  if (token === undefined) return unauthorised('Access token is empty.');
  const verdict = tokens.verify(token, audiences);
  if (!verdict.ok) return unauthorised(verdict.reason);
  const accepted = { tokenAccepted: true, tokenId: verdict.id };
  if (denied || !verdict.roles.some((role) => sufficientRoles.includes(String(role)))) {
    return {
      ...accepted,
      refused: refusal(403, 'Forbidden', 'Insufficient privileges to complete the operation.'),
    };
  }
  return accepted;
}
