import { describe, expect, it } from 'vitest';
import type { RequestedMember } from '../../../src/groups/member.ts';
import { type MemberName, nameHash, nameKey } from '../../../src/groups/member-name.ts';
import { createResolveChange } from '../../../src/ledger/resolve-change.ts';
import type { Holder } from '../../../src/names/look-up-names.ts';
import { newTrace } from '../../../src/telemetry/trace-context.ts';

const about = { connectionId: 'contosohr', groupId: 'night' };
const ids = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'] as const;
const mail = (value: string): MemberName => ({ kind: 'mail', value });
const named = (name: MemberName, at: string): RequestedMember => ({ type: 'user', name, at });
const byId = (id: string): RequestedMember => ({ type: 'user', id });
const options = { milliseconds: 1_000, trace: newTrace(), urgent: true };

function resolveWith(holders: readonly (readonly [MemberName, Holder])[]) {
  const asked: MemberName[][] = [];
  const resolve = createResolveChange((names) => {
    asked.push([...names]);
    return Promise.resolve(new Map(holders.map(([name, holder]) => [nameKey(name), holder])));
  });
  return { asked, resolve };
}

describe('a change with names', () => {
  it('of ids alone is passed on as it is, and nobody is asked', async () => {
    const { asked, resolve } = resolveWith([]);
    const change = { ...about, kind: 'put-members', members: [byId(ids[0])] } as const;
    expect((await resolve(change, options)).change).toBe(change);
    expect(asked).toEqual([]);
  });

  it('holds the hash of the name, not the name', async () => {
    const ann = mail('Ann@contoso.com');
    const { resolve } = resolveWith([[ann, { id: ids[0] }]]);
    const members = [named(ann, '/members/0')];
    const { change } = await resolve({ ...about, kind: 'put-members', members }, options);
    expect(change).toEqual({
      ...about,
      kind: 'put-members',
      members: [{ type: 'user', id: ids[0], nameHash: nameHash(mail('ann@contoso.com')) }],
    });
    expect(JSON.stringify(change)).not.toMatch(/contoso\.com/i);
  });

  it('takes an id with a name as said', async () => {
    const { asked, resolve } = resolveWith([]);
    const member: RequestedMember = { type: 'user', id: ids[0], name: mail('ann@contoso.com'), at: '/add/0' };
    const { change } = await resolve({ ...about, kind: 'patch-members', add: [member], remove: [] }, options);
    expect(asked).toEqual([]);
    expect(change).toMatchObject({ add: [{ id: ids[0], nameHash: nameHash(mail('ann@contoso.com')) }] });
  });

  it('points to what it could not resolve, wherever it stands', async () => {
    const { resolve } = resolveWith([
      [mail('two'), 'ambiguous'],
      [mail('none'), 'not-found'],
    ]);
    const add = [named(mail('none'), '/data/add/0'), named(mail('two'), '/data/add/1')];
    const remove = [named(mail('two2'), '/data/remove/0')];
    const { faults } = await resolve({ ...about, kind: 'patch-members', add, remove }, options);
    expect(faults).toEqual([
      { in: 'body', pointer: '/data/add/0', keyword: 'name', detail: 'not-found' },
      { in: 'body', pointer: '/data/add/1', keyword: 'name', detail: 'ambiguous' },
    ]);
  });

  it('is refused at the removal that contradicts an addition', async () => {
    const { resolve } = resolveWith([
      [mail('ann'), { id: ids[0] }],
      [mail('bo'), { id: ids[1] }],
    ]);
    const remove = [named(mail('bo'), '/remove/0'), named(mail('ann'), '/remove/1')];
    const change = { ...about, kind: 'patch-members', add: [byId(ids[0])], remove } as const;
    await expect(resolve(change, options)).rejects.toMatchObject({
      code: 'validation-failed',
      members: { errors: [{ pointer: '/remove/1' }] },
    });
  });

  it('is refused at the addition, where that has the name', async () => {
    const { resolve } = resolveWith([[mail('ann'), { id: ids[0] }]]);
    const add = [byId(ids[1]), named(mail('ann'), '/data/add/1')];
    const change = { ...about, kind: 'patch-members', add, remove: [byId(ids[0])] } as const;
    await expect(resolve(change, options)).rejects.toMatchObject({
      code: 'validation-failed',
      members: { errors: [{ pointer: '/data/add/1' }] },
    });
  });

  it('has at most 1,000 names to be looked up', async () => {
    const { resolve } = resolveWith([]);
    const members = Array.from({ length: 1_001 }, (_, n) => named(mail(`p${n}`), `/members/${n}`));
    await expect(resolve({ ...about, kind: 'put-members', members }, options)).rejects.toMatchObject({
      code: 'too-many-names',
      members: { given: 1_001, allowed: 1_000 },
    });
  });
});
