import { guidPattern } from '../groups/member.ts';
import { type MemberName, type NameKind, nameKey } from '../groups/member-name.ts';
import type { GraphAnswer } from '../groups/outcome.ts';
import type { CallOptions, DirectoryCalls } from './transport/call-graph.ts';
import { callGraph } from './transport/no-answer.ts';
import { member, type ReadAnswer } from './transport/read-answer.ts';

/** What the directory said of some names. */
export type UsersFound =
  /** The object ids by {@link nameKey}; a name that nobody has is not in it. */
  | { readonly kind: 'found'; readonly idsByName: ReadonlyMap<string, readonly string[]> }
  | { readonly kind: 'denied'; readonly graph: GraphAnswer }
  | { readonly kind: 'unavailable'; readonly why: string };

/** Asks for names of one kind. Never rejects. */
export type FindUsers = (
  kind: NameKind,
  names: readonly MemberName[],
  options: CallOptions,
) => Promise<UsersFound>;

const properties: { readonly [kind in NameKind]: string } = {
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

/** The names that one query can ask for together. */
export function batchesOf(kind: NameKind, names: readonly MemberName[]): readonly (readonly MemberName[])[] {
  if (!listed.has(kind)) return names.map((name) => [name]);
  const batches: MemberName[][] = [];
  for (const name of names) {
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
    const answer = await callGraph(async () => (await calls()).findUsers(queryOf(kind, names), options));
    if (!('status' in answer)) return { kind: 'unavailable', why: answer.why };
    const { status, graph } = answer;
    if (status === 401 || status === 403) return { kind: 'denied', graph };
    const users = status === 200 ? readUsers(answer, kind) : null;
    if (users === null) return { kind: 'unavailable', why: `the directory answered ${status}` };
    // More users than fit a page: somebody asked for may be on the next one, so each name is asked for by itself.
    if (member(answer.body, '@odata.nextLink') !== undefined && names.length > 1) {
      const single = await Promise.all(names.map((name) => findUsers(kind, [name], options)));
      return joined(single);
    }
    return { kind: 'found', idsByName: byName(names, users) };
  }
}

function queryOf(kind: NameKind, names: readonly MemberName[]): string {
  return `$select=id,${properties[kind]}&$top=${maxUsers}&$filter=${filterOf(kind, names)}`;
}

/** Encoded: a guest's name has `#`, which would end the URL. */
function filterOf(kind: NameKind, names: readonly MemberName[]): string {
  const values = names.map(({ value }) => `'${value.replaceAll("'", "''")}'`);
  const [only = ''] = values;
  const condition = listed.has(kind) ? `in (${values.join(',')})` : `eq ${only}`;
  return encodeURIComponent(`${properties[kind]} ${condition}`);
}

interface FoundUser {
  readonly id: string;
  readonly name: string;
}

/** Null: it is no page of users. A user without the property cannot be matched back and is left out. */
function readUsers({ body }: ReadAnswer, kind: NameKind): readonly FoundUser[] | null {
  const value = member(body, 'value');
  if (!Array.isArray(value)) return null;
  return value.flatMap((user: unknown) => {
    const [id, name] = [member(user, 'id'), member(user, properties[kind])];
    const isUser = typeof id === 'string' && typeof name === 'string' && isGuid.test(id);
    return isUser ? [{ id: id.toLowerCase(), name }] : [];
  });
}

const isGuid = new RegExp(guidPattern);

/** Matched back by value: the order of an answer says nothing. */
function byName(names: readonly MemberName[], users: readonly FoundUser[]) {
  const found = new Map<string, string[]>();
  for (const name of names) {
    const ids = users.filter((user) => user.name.toLowerCase() === name.value.toLowerCase());
    if (ids.length > 0) found.set(nameKey(name), [...new Set(ids.map(({ id }) => id))]);
  }
  return found;
}

function joined(answers: readonly UsersFound[]): UsersFound {
  const failed = answers.find(({ kind }) => kind !== 'found');
  if (failed !== undefined) return failed;
  const all = answers.flatMap((answer) => (answer.kind === 'found' ? [...answer.idsByName] : []));
  return { kind: 'found', idsByName: new Map(all) };
}
