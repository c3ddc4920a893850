import type { Refusal, Unserved } from '../groups/graph-answer.ts';
import { guidPattern } from '../groups/member.ts';
import { type MemberName, type NameKind, nameKey } from '../groups/member-name.ts';
import { answerByStatus } from './answer.ts';
import { attemptCall } from './transport/attempt-call.ts';
import type { CallOptions, DirectoryCalls } from './transport/call-graph.ts';
import { type GraphResponse, member } from './transport/read-response.ts';

/** The directory's answer to a query for names. */
export type UsersFound =
  /**
   * The object ids by {@link nameKey}; a name that nobody has is not in it. `refused`: the directory takes none of these
   * names, which says nothing about whom they belong to unless it takes others.
   */
  | {
      readonly kind: 'found';
      readonly idsByName: ReadonlyMap<string, readonly string[]>;
      readonly refused?: true;
    }
  | Refusal
  | Unserved;

/** Asks for names of one kind. Never rejects. */
export type FindUsers = (
  kind: NameKind,
  names: readonly MemberName[],
  options: CallOptions,
) => Promise<UsersFound>;

/** Where Entra ID keeps each kind of name. */
export const userProperties: { readonly [kind in NameKind]: string } = {
  upn: 'userPrincipalName',
  mail: 'mail',
  employeeId: 'employeeId',
  sid: 'onPremisesSecurityIdentifier',
};

/** Properties that `in` can filter by (learn.microsoft.com: aad-advanced-queries; `employeeId` takes `eq` alone). */
const listed: ReadonlySet<NameKind> = new Set(['upn', 'mail', 'sid']);
/** More are refused with 400 (microsoft-graph-docs#21098). */
const maxValues = 15;
/** Characters of a whole URL; the root and the fixed part take up to 200. */
const maxFilter = 1_800;
/** With fewer than 20, `$top` makes a query cost one resource unit. */
const maxUsers = 19;

/**
 * The names that one query can ask for together. A name that fits no query is in none: nobody has one that long, and
 * it must not stop the others.
 */
export function batchesOf(kind: NameKind, names: readonly MemberName[]): readonly (readonly MemberName[])[] {
  const askable = names.filter(
    (name) => name.value.isWellFormed() && filterOf(kind, [name]).length <= maxFilter,
  );
  if (!listed.has(kind)) return askable.map((name) => [name]);
  const batches: MemberName[][] = [];
  for (const name of askable) {
    const last = batches.at(-1);
    if (last !== undefined && last.length < maxValues && filterOf(kind, [...last, name]).length <= maxFilter)
      last.push(name);
    else batches.push([name]);
  }
  return batches;
}

export function createFindUsers(calls: () => Promise<DirectoryCalls>): FindUsers {
  return findUsers;

  async function findUsers(
    kind: NameKind,
    names: readonly MemberName[],
    options: CallOptions,
  ): Promise<UsersFound> {
    const response = await attemptCall(async () => (await calls()).findUsers(queryFor(kind, names), options));
    if (!('status' in response)) return response;
    // One of the names may be none that Graph takes: it must not stop the others.
    if (response.status === 400) return names.length > 1 ? oneByOne(kind, names, options) : refused;
    const users = response.status === 200 ? readUsers(response, kind) : null;
    if (users === null) return answerByStatus(response);
    const idsByName = byName(names, users);
    if (member(response.body, '@odata.nextLink') === undefined) return { kind: 'found', idsByName };
    // There is more than this page: somebody asked for may be on the next one.
    if (names.length > 1) return oneByOne(kind, names, options);
    const isAmbiguous = [...idsByName.values()].some((ids) => ids.length > 1);
    return isAmbiguous
      ? { kind: 'found', idsByName }
      : { kind: 'silent', why: 'the directory answered in part', graph: response.graph, retryAfter: null };
  }

  /** One after the other: they come on top of what others ask at the same time. */
  async function oneByOne(
    kind: NameKind,
    names: readonly MemberName[],
    options: CallOptions,
  ): Promise<UsersFound> {
    const all = new Map<string, readonly string[]>();
    let areRefused = true;
    for (const name of names) {
      const found = await findUsers(kind, [name], options);
      if (found.kind !== 'found') return found;
      areRefused &&= found.refused === true;
      for (const [key, ids] of found.idsByName) all.set(key, ids);
    }
    return { kind: 'found', idsByName: all, ...(areRefused ? { refused: true } : {}) };
  }
}

const refused: UsersFound = { kind: 'found', idsByName: new Map(), refused: true };

/** The query for names of one kind, encoded. */
export function queryFor(kind: NameKind, names: readonly MemberName[]): string {
  return `$select=id,${userProperties[kind]}&$top=${maxUsers}&$filter=${filterOf(kind, names)}`;
}

/** Encoded: a guest's name has `#`, which would end the URL. */
function filterOf(kind: NameKind, names: readonly MemberName[]): string {
  const values = names.map(({ value }) => `'${value.replaceAll("'", "''")}'`);
  const [only = ''] = values;
  const condition = values.length > 1 ? `in (${values.join(',')})` : `eq ${only}`;
  return encodeURIComponent(`${userProperties[kind]} ${condition}`);
}

interface FoundUser {
  readonly id: string;
  readonly name: string;
}

/** Null: it is no page of users. A user without the property cannot be matched back and is left out. */
function readUsers({ body }: GraphResponse, kind: NameKind): readonly FoundUser[] | null {
  const value = member(body, 'value');
  if (!Array.isArray(value)) return null;
  return value.flatMap((user: unknown) => {
    const [id, name] = [member(user, 'id'), member(user, userProperties[kind])];
    const isUser = typeof id === 'string' && typeof name === 'string' && isGuid.test(id);
    return isUser ? [{ id: id.toLowerCase(), name }] : [];
  });
}

const isGuid = new RegExp(guidPattern);

/** Matched back by value: the order of the response means nothing. */
function byName(names: readonly MemberName[], users: readonly FoundUser[]) {
  const found = new Map<string, string[]>();
  for (const name of names) {
    const ids = users.filter((user) => user.name.toLowerCase() === name.value.toLowerCase());
    if (ids.length > 0) found.set(nameKey(name), [...new Set(ids.map(({ id }) => id))]);
  }
  return found;
}
