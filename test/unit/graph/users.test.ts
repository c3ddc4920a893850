import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readWhole } from '../../../src/graph/transport/read-response.ts';
import { batchesOf, createFindUsers } from '../../../src/graph/users.ts';
import { type MemberName, type NameKind, nameKey } from '../../../src/groups/member-name.ts';
import { clouds } from '../../../src/settings/clouds.ts';
import { newTrace } from '../../../src/telemetry/trace-context.ts';

const ids = ['6f8d1c1e-52a4-4a0a-9d65-0b7a5c4f0a11', '0d3f9b52-7c1e-4f0b-8a54-2f6e9c7d1b22'] as const;
const named = (kind: NameKind, ...values: readonly string[]): MemberName[] =>
  values.map((value) => ({ kind, value }));
const options = { signal: new AbortController().signal, trace: newTrace(), urgent: true };

interface Reply {
  readonly status?: number;
  readonly users?: readonly object[];
  readonly next?: true;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A directory that answers each query, decoded, as it is told to. */
function directory(reply: (filter: string) => Reply) {
  const queries: URLSearchParams[] = [];
  const findUsers = createFindUsers(async () => ({
    findUsers: (query) => {
      const parsed = new URL(`https://localhost/v1.0/users?${query}`).searchParams;
      queries.push(parsed);
      const { status = 200, users = [], next, headers = {} } = reply(parsed.get('$filter') ?? '');
      const body = { value: users, ...(next ? { '@odata.nextLink': 'https://localhost/next' } : {}) };
      return Promise.resolve(
        readWhole({ status, headers: new Headers(headers), text: JSON.stringify(body) }),
      );
    },
  }));
  return { queries, find: (kind: NameKind, names: readonly MemberName[]) => findUsers(kind, names, options) };
}

const idsIn = (answer: Awaited<ReturnType<ReturnType<typeof directory>['find']>>) =>
  answer.kind === 'found' ? Object.fromEntries(answer.idsByName) : answer.kind;

describe('the queries for names', () => {
  it.each(['upn', 'mail', 'sid'] as const)('have up to 15 values of %s each', (kind) => {
    const names = named(kind, ...Array.from({ length: 31 }, (_, n) => `n${n}`));
    expect(batchesOf(kind, names).map(({ length }) => length)).toEqual([15, 15, 1]);
  });

  it('have one employee id each: the directory takes no list of them', () => {
    expect(batchesOf('employeeId', named('employeeId', '1', '2'))).toHaveLength(2);
  });

  it('are no longer than a URL of Graph may be, in every cloud, and leave nobody out who fits one', async () => {
    const roots = Object.values(clouds).map(({ root }) => root.length);
    const value = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 320 });
    const { queries, find } = directory(() => ({}));
    await fc.assert(
      fc.asyncProperty(fc.array(value, { maxLength: 40 }), async (values) => {
        const names = named('mail', ...values);
        const batches = batchesOf('mail', names);
        const fitting = names.filter((name) => encodeURIComponent(name.value).length < 1_700);
        const asked = new Set(batches.flat().map(({ value: one }) => one));
        for (const { value: one } of fitting) expect(asked.has(one)).toBe(true);
        for (const batch of batches) {
          queries.length = 0;
          await find('mail', batch);
          const query = `/v1.0/users?$select=id,mail&$top=19&$filter=${encodeURIComponent(queries[0]?.get('$filter') ?? '')}`;
          expect(Math.max(...roots) + query.length).toBeLessThanOrEqual(2_048);
        }
      }),
      { numRuns: 40 },
    );
  });

  it.each(["o'brien@contoso.com", '$ann@contoso.com', 'eve_fabrikam.com#EXT#@contoso.com', 'a+b&c=d%41@x.y'])(
    'carry %s as it is',
    async (value) => {
      const { queries, find } = directory(() => ({ users: [{ id: ids[0], userPrincipalName: value }] }));
      expect(idsIn(await find('upn', named('upn', value)))).toEqual({
        [`upn:${value.toLowerCase()}`]: [ids[0]],
      });
      expect(queries[0]?.get('$filter')).toBe(`userPrincipalName eq '${value.replaceAll("'", "''")}'`);
      expect(queries[0]?.get('$select')).toBe('id,userPrincipalName');
      expect(Number(queries[0]?.get('$top'))).toBeLessThan(20);
    },
  );
});

describe('an answer of the directory', () => {
  it('is matched back by value: who was not asked for, or shows no name, is nobody', async () => {
    const { find } = directory(() => ({
      users: [
        { id: ids[1], mail: 'BO@contoso.com' },
        { id: ids[0], mail: 'somebody.else@contoso.com' },
        { id: ids[0], mail: null },
        { id: 'no guid', mail: 'ann@contoso.com' },
      ],
    }));
    const names = named('mail', 'ann@contoso.com', 'bo@contoso.com');
    expect(idsIn(await find('mail', names))).toEqual({ 'mail:bo@contoso.com': [ids[1]] });
  });

  it('of more than one page is asked for name by name', async () => {
    const { find, queries } = directory((filter) =>
      filter.includes(' in ') ? { next: true } : { users: [{ id: ids[0], mail: 'ann@contoso.com' }] },
    );
    const names = named('mail', 'ann@contoso.com', 'bo@contoso.com');
    expect(idsIn(await find('mail', names))).toEqual({ 'mail:ann@contoso.com': [ids[0]] });
    expect(queries).toHaveLength(3);
  });

  it('in part says nothing of a single name, unless two have it on the first page', async () => {
    const users = ids.map((id) => ({ id, mail: 'ann@contoso.com' }));
    const names = named('mail', 'ann@contoso.com');
    for (const shown of [[], users.slice(0, 1)])
      expect(await directory(() => ({ users: shown, next: true })).find('mail', names)).toMatchObject({
        kind: 'silent',
      });
    expect(idsIn(await directory(() => ({ users, next: true })).find('mail', names))).toEqual({
      'mail:ann@contoso.com': [...ids],
    });
  });

  it('of 400 makes no other name wait: each is asked for by itself', async () => {
    const { find } = directory((filter) =>
      filter.includes('odd') ? { status: 400 } : { users: [{ id: ids[0], mail: 'ann@contoso.com' }] },
    );
    const answer = await find('mail', named('mail', 'odd', 'ann@contoso.com'));
    expect(idsIn(answer)).toEqual({ 'mail:ann@contoso.com': [ids[0]] });
    expect(answer).not.toHaveProperty('refused');
    expect(await find('mail', named('mail', 'odd'))).toMatchObject({ refused: true });
  });

  it.each([
    [429, { 'retry-after': '9' }, { kind: 'throttled', retryAfter: 9 }],
    [503, {}, { kind: 'silent', retryAfter: null }],
    [401, {}, { kind: 'denied' }],
    [403, {}, { kind: 'denied' }],
  ] as const)('of %i is never "nobody"', async (status, headers, expected) => {
    const { find } = directory(() => ({ status, headers }));
    expect(await find('mail', named('mail', 'ann@contoso.com'))).toMatchObject(expected);
  });

  it('of 200 that is no list of users is never "nobody"', async () => {
    const findUsers = createFindUsers(async () => ({
      findUsers: () => Promise.resolve(readWhole({ status: 200, headers: new Headers(), text: '<html>' })),
    }));
    expect(await findUsers('mail', named('mail', 'ann@contoso.com'), options)).toMatchObject({
      kind: 'silent',
    });
  });

  it('names each name by its key', async () => {
    const [name] = named('sid', 'S-1-5-21-1-2-3-4');
    const { find } = directory(() => ({
      users: [{ id: ids[0], onPremisesSecurityIdentifier: 'S-1-5-21-1-2-3-4' }],
    }));
    if (name !== undefined) expect(idsIn(await find('sid', [name]))).toEqual({ [nameKey(name)]: [ids[0]] });
  });
});
