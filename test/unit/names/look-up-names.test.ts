import { describe, expect, it } from 'vitest';
import type { FindUsers, UsersFound } from '../../../src/graph/users.ts';
import { type MemberName, type NameKind, nameKey } from '../../../src/groups/member-name.ts';
import { createLookUpNames } from '../../../src/names/look-up-names.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { newTrace } from '../../../src/telemetry/trace-context.ts';

const mail = (value: string): MemberName => ({ kind: 'mail', value });
const options = { milliseconds: 60_000, trace: newTrace(), urgent: true };
const found = (entries: readonly (readonly [string, readonly string[]])[]): UsersFound => ({
  kind: 'found',
  idsByName: new Map(entries),
});

function lookUpWith(
  findUsers: FindUsers,
  known: readonly NameKind[] = [],
  identity = () => Promise.resolve<string | null>('app'),
) {
  const readable = new Set(known);
  const has = (kind: NameKind) => Promise.resolve(readable.has(kind));
  const note = (kind: NameKind) => Promise.resolve(void readable.add(kind));
  return createLookUpNames({ findUsers, readable: { identity, has, note }, clock: systemClock });
}

describe('names', () => {
  it('are matched without case, and each is asked for once', async () => {
    const asked: string[] = [];
    const lookUp = lookUpWith((_kind, names) => {
      asked.push(...names.map(({ value }) => value));
      return Promise.resolve(found([['mail:ann@contoso.com', ['a']]]));
    });
    const holders = await lookUp([mail('Ann@contoso.com'), mail('ANN@contoso.com')], options);
    expect(asked).toHaveLength(1);
    expect(holders.get(nameKey(mail('ann@CONTOSO.com')))).toEqual({ id: 'a' });
  });

  it('of nobody and of several are told apart', async () => {
    const lookUp = lookUpWith(() => Promise.resolve(found([['mail:two@contoso.com', ['a', 'b']]])));
    const holders = await lookUp([mail('no@contoso.com'), mail('two@contoso.com')], options);
    expect([...holders.values()]).toEqual(['not-found', 'ambiguous']);
  });

  it('are not nobody’s where this identity has never found anybody by such a name', async () => {
    const empty = () => Promise.resolve(found([]));
    await expect(lookUpWith(empty)([mail('no@contoso.com')], options)).rejects.toMatchObject({
      code: 'directory-access-denied',
    });
    await expect(lookUpWith(empty, ['upn'])([mail('no@contoso.com')], options)).rejects.toMatchObject({
      code: 'directory-access-denied',
    });
    expect((await lookUpWith(empty, ['mail'])([mail('no@contoso.com')], options)).size).toBe(1);
  });

  it('are not nobody’s because the token was renewed while the answer to the old one was under way', async () => {
    let token = 'without';
    const renewing: FindUsers = () => {
      token = 'with';
      return Promise.resolve(found([]));
    };
    const lookUp = lookUpWith(renewing, ['mail'], () => Promise.resolve(token));
    await expect(lookUp([mail('ann@contoso.com')], options)).rejects.toMatchObject({
      code: 'deferral-unavailable',
    });
    expect((await lookUp([mail('ann@contoso.com')], options)).size).toBe(1);
  });

  it('are asked for in parts, so that no limiter turns them away for being many', async () => {
    let [now, most] = [0, 0];
    const lookUp = lookUpWith(async (_kind, names) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise(setImmediate);
      now -= 1;
      return found(names.map((name) => [nameKey(name), ['a']]));
    });
    const ids = Array.from({ length: 1_000 }, (_, n): MemberName => ({ kind: 'employeeId', value: `e${n}` }));
    expect((await lookUp(ids, options)).size).toBe(1_000);
    expect(most).toBeLessThanOrEqual(20);
  });

  it('that fit no query are nobody’s, and do not stop the others', async () => {
    const endless = mail(`${'ü'.repeat(310)}@contoso.com`);
    const lookUp = lookUpWith((_kind, names) =>
      Promise.resolve(found(names.map((name) => [nameKey(name), ['a']]))),
    );
    const holders = await lookUp([endless, mail('ann@contoso.com')], options);
    expect([...holders.values()]).toEqual(['not-found', { id: 'a' }]);
  });

  it('that the directory does not take are nobody’s only if it takes others', async () => {
    const refused: UsersFound = { kind: 'found', idsByName: new Map(), refused: true };
    const ids = ['odd', 'good'].map((value): MemberName => ({ kind: 'employeeId', value }));
    const lookUp = lookUpWith((_kind, names) =>
      Promise.resolve(names[0]?.value === 'odd' ? refused : found([['employeeId:good', ['a']]])),
    );
    expect([...(await lookUp(ids, options)).values()]).toEqual(['not-found', { id: 'a' }]);
    const allRefused = lookUpWith(() => Promise.resolve(refused), ['employeeId']);
    await expect(allRefused(ids, options)).rejects.toMatchObject({ code: 'deferral-unavailable' });
  });
});

describe('a lookup fails as a whole', () => {
  it('with the wait that the directory asks for, and asks no further', async () => {
    let asked = 0;
    const lookUp = lookUpWith(() => {
      asked += 1;
      return Promise.resolve({ kind: 'throttled', why: '429', graph: null, retryAfter: 17 });
    });
    const names = Array.from({ length: 1_000 }, (_, n) => mail(`p${n}@contoso.com`));
    await expect(lookUp(names, options)).rejects.toMatchObject({
      code: 'deferral-unavailable',
      retryAfter: 17,
    });
    expect(asked).toBeLessThanOrEqual(20);
  });

  it('where the identity is refused', async () => {
    const graph = { status: 403, code: 'Authorization_RequestDenied', requestId: null };
    const lookUp = lookUpWith(() => Promise.resolve({ kind: 'denied', graph }), ['mail']);
    await expect(lookUp([mail('ann@contoso.com')], options)).rejects.toMatchObject({
      code: 'directory-access-denied',
      members: { graph },
    });
  });

  it('where the directory is silent for as long as there is', async () => {
    const silent: FindUsers = (_kind, _names, { signal }) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () =>
          resolve({ kind: 'silent', why: 'no answer', graph: null, retryAfter: null }),
        );
      });
    const lookUp = lookUpWith(silent, ['mail']);
    await expect(lookUp([mail('ann@contoso.com')], { ...options, milliseconds: 20 })).rejects.toMatchObject({
      code: 'deferral-unavailable',
    });
  });
});
