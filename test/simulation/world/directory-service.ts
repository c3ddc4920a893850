import { type MemberName, type NameKind, nameKinds } from '../../../src/groups/member-name.ts';
import type { GraphReply } from './graph-service.ts';

/** What Entra ID does for an identity without the permission: it refuses, or leaves out whoever matches. */
export type WithoutPermission = 'denies' | 'hides';

/** The users of Entra ID, who have at most one name of each kind; several may share one. */
export interface DirectoryService {
  /** Answers a query; `mayRead`: the token has the permission. */
  readonly handle: (query: string, mayRead: boolean) => GraphReply;
  /** Ids of those who have the name now. */
  readonly holders: (name: MemberName) => readonly string[];
  readonly give: (id: string, name: MemberName) => void;
  readonly take: (id: string, kind: NameKind) => void;
  readonly removeAccount: (id: string) => void;
  /** What tokens that are issued from now on have. */
  readonly grant: { mayRead: boolean };
}

const properties: { readonly [kind in NameKind]: string } = {
  upn: 'userPrincipalName',
  mail: 'mail',
  employeeId: 'employeeId',
  sid: 'onPremisesSecurityIdentifier',
};
/** Of these `in` takes at most so many values; of others none. */
const listed: readonly NameKind[] = ['upn', 'mail', 'sid'];
const maxValues = 15;

interface Filter {
  readonly kind: NameKind;
  readonly values: readonly string[];
}

/** Null: it is none that Entra ID takes. */
function readFilter(filter: string): Filter | null {
  const [, property, one, many] = /^(\w+) (?:eq ('(?:[^']|'')*')|in \((.+)\))$/.exec(filter) ?? [];
  const kind = nameKinds.find((each) => properties[each] === property);
  if (kind === undefined) return null;
  const values = [...(one ?? many ?? '').matchAll(/'((?:[^']|'')*)'/g)].map(([, value = '']) =>
    value.replaceAll("''", "'").toLowerCase(),
  );
  const isTaken = one !== undefined || (listed.includes(kind) && values.length <= maxValues);
  return isTaken ? { kind, values } : null;
}

export function createDirectoryService(withoutPermission: WithoutPermission): DirectoryService {
  const accounts = new Map<string, Partial<Record<NameKind, string>>>();

  return {
    grant: { mayRead: true },
    holders: ({ kind, value }) =>
      [...accounts].flatMap(([id, names]) =>
        names[kind]?.toLowerCase() === value.toLowerCase() ? [id] : [],
      ),
    give: (id, { kind, value }) => void accounts.set(id, { ...accounts.get(id), [kind]: value }),
    take: (id, kind) => {
      const { [kind]: _taken, ...names } = accounts.get(id) ?? {};
      accounts.set(id, names);
    },
    removeAccount: (id) => void accounts.delete(id),
    handle: (query, mayRead) => {
      const parameters = new URLSearchParams(query);
      const filter = readFilter(parameters.get('$filter') ?? '');
      if (filter === null) return { status: 400, code: 'Request_UnsupportedQuery' };
      if (!mayRead && withoutPermission === 'denies')
        return { status: 403, code: 'Authorization_RequestDenied' };
      const { kind, values } = filter;
      const found = [...accounts].filter(([, names]) => values.includes(names[kind]?.toLowerCase() ?? ''));
      const shown = mayRead ? found.map(([id, names]) => ({ id, [properties[kind]]: names[kind] })) : [];
      // The order of an answer says nothing.
      return { status: 200, body: { value: shown.reverse() } };
    },
  };
}
