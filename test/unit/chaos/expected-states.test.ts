import { describe, expect, it } from 'vitest';
import { expectedStates, type GroupChange, memberOf, type Said } from '../../chaos/changes.ts';

const [first, second, third] = [0, 1, 2];
const team = { kind: 'group', displayName: 'Team', description: null } as const;
const change = (sequence: number, says: Said): GroupChange => ({
  connectionId: 'contoso0',
  groupId: 'g1',
  sequence,
  says,
});
const end = (...changes: GroupChange[]) => expectedStates(changes)[0];
const ids = (...numbers: number[]) => numbers.map((number) => memberOf(number).id);

describe('what the highest sequence says', () => {
  it('counts however the changes are listed', () => {
    const older = change(1, team);
    const newer = change(2, { ...team, displayName: 'Other' });
    expect(end(newer, older)?.group).toEqual({ displayName: 'Other', description: null });
  });

  it('of a member is the last patch, list or deletion', () => {
    const found = end(
      change(0, team),
      change(1, { kind: 'members', members: [first, second] }),
      change(2, { kind: 'patch', add: [third], remove: [first] }),
    );
    expect(found?.members).toEqual(ids(second, third));
  });

  it('is that nobody is in a group that was deleted and declared again', () => {
    const found = end(
      change(0, team),
      change(1, { kind: 'members', members: [first] }),
      change(2, { kind: 'delete' }),
      change(3, team),
    );
    expect(found).toMatchObject({ group: { displayName: 'Team' }, members: [] });
  });

  it('is that members declared after the deletion wait', () => {
    const found = end(change(0, { kind: 'delete' }), change(1, { kind: 'patch', add: [first], remove: [] }));
    expect(found).toMatchObject({ group: null, members: ids(first) });
  });
});
