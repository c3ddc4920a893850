import { type Answer, refusal } from '../answer.ts';
import type { DirectoryRequest } from './answer-directory.ts';
import { type ResourceUnits, unitsOf } from './resource-units.ts';
import type { UserStore } from './user-store.ts';

/** What each permission shows of a user (learn.microsoft.com: User.ReadBasic.All, User.Read.All). */
const basic = ['id', 'userPrincipalName', 'mail'];
const everything = [...basic, 'employeeId', 'onPremisesSecurityIdentifier'];
const permissions: { readonly [permission: string]: readonly string[] } = {
  'User.ReadBasic.All': basic,
  'User.Read.All': everything,
  'User.ReadWrite.All': everything,
  'Directory.Read.All': everything,
};
/** Filters by `in`: at most 15 values, and not every property (microsoft-graph-docs#21098). */
const listed = ['id', 'userPrincipalName', 'mail', 'onPremisesSecurityIdentifier'];
const maxValues = 15;
/** Characters of a URL (learn.microsoft.com: filter query parameter). */
const maxUrl = 2_048;

/**
 * `GET /v1.0/users` with `$filter`, `$select` and `$top`; undefined for any other path. As Graph does, it leaves out
 * users whose filtered property the caller's permissions do not cover, so that a missing role looks like nobody.
 */
export function answerUsers(
  { method, url, caller }: DirectoryRequest,
  store: UserStore,
  units: ResourceUnits,
): Answer | undefined {
  if (url.pathname !== '/v1.0/users') return undefined;
  if (method !== 'GET') return refusal(405, 'Request_BadRequest', 'The method is not supported here.');
  const throttled = units.take(unitsOf(url.searchParams));
  if (throttled !== undefined) return throttled;
  if (url.href.length > maxUrl) return refusal(400, 'Request_BadRequest', 'The URL is too long.');
  const covered = new Set(caller.permissions.flatMap((permission) => permissions[permission] ?? []));
  if (covered.size === 0)
    return refusal(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
  const text = url.searchParams.get('$filter');
  const filter = text === null ? null : readFilter(text);
  if (typeof filter === 'string') return refusal(400, 'Request_UnsupportedQuery', filter);
  const found =
    filter === null
      ? store.all()
      : covered.has(filter.property)
        ? store.withAny(filter.property, filter.values)
        : [];
  const top = Number(url.searchParams.get('$top') ?? 100);
  const names = (url.searchParams.get('$select') ?? basic.join(',')).split(',');
  const shown = found.slice(0, top).map((user) => ({
    ...Object.fromEntries(
      names.map((name) => [name, covered.has(name) ? (Reflect.get(user, name) ?? null) : null]),
    ),
    id: user.id,
  }));
  const next = found.length > top ? { '@odata.nextLink': `${url.href}&$skiptoken=${top}` } : {};
  return { status: 200, body: { value: shown, ...next } };
}

interface Filter {
  readonly property: string;
  readonly values: ReadonlySet<string>;
}

/** Only what the documentation lists; a string says what is wrong. */
function readFilter(text: string): Filter | string {
  const [, property = '', operator = '', rest = ''] = /^(\w+) (eq|in) (.+)$/.exec(text) ?? [];
  if (!everything.includes(property)) return 'Unsupported property filter clause.';
  if (operator === 'in' && !listed.includes(property)) return `'in' is not supported for ${property}.`;
  const literals = [...rest.matchAll(/'((?:[^']|'')*)'/g)].map(([, value = '']) =>
    value.replaceAll("''", "'"),
  );
  const isWhole =
    operator === 'eq'
      ? /^'(?:[^']|'')*'$/.test(rest)
      : /^\('(?:[^']|'')*'(?:,\s?'(?:[^']|'')*')*\)$/.test(rest);
  if (!isWhole) return 'Invalid filter clause.';
  if (literals.length > maxValues)
    return `Too many child clauses specified in search filter expression containing 'OR' operators: ${literals.length}. Max allowed: ${maxValues}.`;
  return { property, values: new Set(literals.map((value) => value.toLowerCase())) };
}
