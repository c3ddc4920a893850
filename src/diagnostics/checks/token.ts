import type { TokenClaims } from '../../graph/token-claims.ts';
import { groupWriteRoles, neededGraphRole } from '../../settings/permissions.ts';
import { readRequestFault } from '../../shared/request-fault.ts';
import { type CheckDefinition, type Finding, failed, passed, skipped } from '../check.ts';

interface TokenPort {
  readonly claims: (signal: AbortSignal) => Promise<TokenClaims | null>;
  /** Client id of AZURE_CLIENT_ID; null: the system-assigned identity. */
  readonly clientId: string | null;
  readonly kind: 'managed-identity' | 'azure-cli';
  readonly now: () => number;
}

/** Milliseconds that two clocks may differ. */
const clockSlack = 5 * 60_000;

export function tokenChecks({ claims, clientId, kind, now }: TokenPort): readonly CheckDefinition[] {
  const who = clientId === null ? 'the system-assigned identity' : `the user-assigned identity ${clientId}`;
  const assign =
    kind === 'azure-cli'
      ? 'az login'
      : `Assign ${who} to the function app ("az functionapp identity show"); AZURE_CLIENT_ID must be its client id, or unset for a system-assigned identity.`;
  return [
    {
      id: 'token',
      title: 'Token for Graph',
      ifSilent: assign,
      look: async (signal) => {
        try {
          const read = await claims(signal);
          return passed(`obtained by ${read?.clientId ?? who}`);
        } catch (thrown) {
          if (signal.aborted) throw thrown;
          const fault = readRequestFault(thrown);
          const why =
            fault.kind === 'unreachable'
              ? `no connection to the identity endpoint (${fault.code})`
              : 'the identity endpoint gave none';
          return failed(why, assign);
        }
      },
    },
    {
      id: 'token-role',
      title: 'Graph role in the token',
      needs: ['token'],
      look: async (signal) => findRole(await claims(signal), kind),
    },
    {
      id: 'token-age',
      title: 'Age of the token',
      needs: ['token'],
      look: async (signal) => findAge(await claims(signal), now()),
    },
  ];
}

function findRole(claims: TokenClaims | null, kind: TokenPort['kind']): Finding {
  if (claims === null) return skipped('because the token does not show its claims');
  const { roles, objectId, expiresAt, issuedAt } = claims;
  if (roles.some((role) => groupWriteRoles.includes(role))) return passed(roles.join(', '));
  const since = issuedAt === null ? '' : `, issued ${time(issuedAt)}`;
  const seen = `${roles.length === 0 ? 'no roles' : `only ${roles.join(', ')}`}${since}`;
  if (kind === 'azure-cli')
    return failed(
      seen,
      `A user’s sign-in has no app roles: az login --service-principal, as an app that has ${neededGraphRole}.`,
    );
  return failed(
    seen,
    `external-groups grant --identity ${objectId ?? '<principal id>'} grants it ${neededGraphRole}. If it has already been granted, that was after this token was issued: wait until ${time(expiresAt)}, when the token expires (restarting does not help), or use a new identity.`,
  );
}

function findAge(claims: TokenClaims | null, now: number): Finding {
  if (claims === null) return skipped('because the token does not show its claims');
  const { issuedAt, expiresAt } = claims;
  const seen = `${issuedAt === null ? '' : `issued ${time(issuedAt)}, `}ends ${time(expiresAt)}`;
  const fromFuture = issuedAt !== null && issuedAt - now > clockSlack;
  return expiresAt <= now || fromFuture
    ? failed(`${seen}; this machine’s clock says ${time(now)}`, 'Set the clock of this machine.')
    : passed(seen);
}

/** ISO 8601 to the second. */
function time(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
