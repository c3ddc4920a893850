import type { GraphProbe } from '../../graph/probe.ts';
import type { TokenClaims } from '../../graph/token-claims.ts';
import { type GraphResponse, member } from '../../graph/transport/read-response.ts';
import { queryFor, userProperties } from '../../graph/users.ts';
import type { NameKind } from '../../groups/member-name.ts';
import { nameRoles, neededDirectoryRole } from '../../settings/permissions.ts';
import { type CheckDefinition, type Finding, failed, passed, skipped } from '../check.ts';

interface DirectoryPort {
  readonly probe: Pick<GraphProbe, 'readUsers' | 'claims'>;
  /** The names that are looked up. */
  readonly memberNames: readonly NameKind[];
}

/** The number of users among which one with the name is searched. */
const shown = 19;

/**
 * Whether names can be looked up. A missing permission looks like a name that nobody has, so for each kind somebody who
 * has such a name is asked for by it.
 */
export function directoryChecks({ probe, memberNames }: DirectoryPort): readonly CheckDefinition[] {
  return [
    {
      id: 'directory',
      title: 'Names of users in Entra ID',
      needs: ['token'],
      look: async (signal) => {
        const role = neededDirectoryRole(memberNames);
        if (role === null) return skipped('because MEMBER_NAMES is not set');
        const claims = await probe.claims(signal);
        const grant = `external-groups grant --identity ${claims?.objectId ?? '<principal id>'} --role ${role} grants it to the app; the app’s current token lasts up to 24 hours.`;
        const select = `$select=${['id', ...memberNames.map((kind) => userProperties[kind])].join(',')}`;
        const answer = await probe.readUsers(`${select}&$top=${shown}`, signal);
        if (answer.status === 401 || answer.status === 403)
          return failed(`Entra ID refuses to show users (${answer.status})`, grant);
        const users = usersIn(answer);
        if (users === null) return failed(`Entra ID answered ${answer.status}`, 'Try again later.');
        const notFound: NameKind[] = [];
        const unknown: NameKind[] = [];
        for (const kind of memberNames) {
          const value = valueIn(users, kind);
          if (value === null) (hasRole(claims, kind) ? unknown : notFound).push(kind);
          else if (!(await isFound(kind, value, signal))) notFound.push(kind);
        }
        return judge(memberNames, { notFound, unknown, grant });
      },
    },
  ];

  async function isFound(kind: NameKind, value: string, signal: AbortSignal): Promise<boolean> {
    const found = usersIn(await probe.readUsers(queryFor(kind, [{ kind, value }]), signal));
    return (found?.length ?? 0) > 0;
  }
}

interface Seen {
  readonly notFound: readonly NameKind[];
  readonly unknown: readonly NameKind[];
  readonly grant: string;
}

function judge(kinds: readonly NameKind[], { notFound, unknown, grant }: Seen): Finding {
  if (notFound.length > 0) return failed(`nobody is found by ${notFound.join(', ')}`, grant);
  const found = kinds.filter((kind) => !unknown.includes(kind));
  return passed(
    [
      ...(found.length === 0 ? [] : [`somebody is found by ${found.join(', ')}`]),
      ...(unknown.length === 0 ? [] : [`none of the first users has ${unknown.join(', ')}`]),
    ].join('; '),
  );
}

/** Whether the token has what the kind needs; one that does not show its claims may have it. */
function hasRole(claims: TokenClaims | null, kind: NameKind): boolean {
  if (claims === null) return true;
  const sufficient = [nameRoles[kind], 'User.Read.All', 'Directory.Read.All'];
  return claims.roles.some((role) => sufficient.includes(role));
}

/** Null: it is no list of users. */
function usersIn({ status, body }: GraphResponse): readonly unknown[] | null {
  const value = member(body, 'value');
  return status === 200 && Array.isArray(value) ? value : null;
}

function valueIn(users: readonly unknown[], kind: NameKind): string | null {
  for (const user of users) {
    const value = member(user, userProperties[kind]);
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}
