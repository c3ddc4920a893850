import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstUsers } from '../../local/stand-ins/graph/directory/user-store.ts';
import { groupsRole } from '../../local/stand-ins/identity/token-issuer.ts';
import { stagePreviousRelease } from '../previous-release.ts';
import { stageApp } from '../stage-app.ts';
import { until } from '../support/until.ts';
import { user } from './declared-client.ts';
import { type Releases, startReleases } from './upgrade/releases.ts';
import { type Left, leaveWork } from './upgrade/scenes.ts';

const [ann, bo] = firstUsers;
const named = (user: typeof ann) => ({ type: 'user', upn: user?.userPrincipalName });

describe('a release and the one before it, on one storage', () => {
  let releases: Releases;
  let left: { readonly byPrevious: Left; readonly byCurrent: Left };
  const undo: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    const previous = await stagePreviousRelease();
    undo.push(previous.remove);
    const current = await stageApp();
    undo.push(current.remove);
    releases = await startReleases(
      { previous: previous.folder, current: current.folder },
      {
        env: { MEMBER_NAMES: 'upn' },
        tokens: { roles: [groupsRole, 'User.ReadBasic.All'] },
        storageFolder: current.storageFolder,
      },
    );
    undo.push(releases.close);
  });
  afterAll(async () => {
    for (const step of undo.reverse()) await step();
  });

  it('upgraded, goes on with what the previous one left, its dead letters too', async () => {
    const { start, stop, redriveAll, storage, groupsInGraph } = releases;
    await start('previous');
    const byPrevious = await leaveWork(releases, 'old');
    await stop();
    await start('current');
    await byPrevious.isTakenUp();
    await byPrevious.isChanged();
    await redriveAll();
    await until(() => groupsInGraph().includes('oldletter'));
    await until(async () => (await storage.deadLetters()).length === 0);
    left = { byPrevious, byCurrent: await leaveWork(releases, 'new') };
  });

  it('rolled back, is taken up by the previous one, which keeps what it cannot read as a dead letter', async () => {
    const { start, stop, ask, redriveAll, storage, groupsInGraph } = releases;
    for (const group of ['named', 'untouched']) {
      await ask('PUT', `/${group}`, {});
      const members = [named(ann), user(2)];
      expect((await ask('PUT', `/${group}/members`, { members })).status).toBe(200);
    }
    await stop();
    // What the previous release does not know: a creation that was redriven, and a change as an event.
    await redriveAll();
    const data = { connectionId: 'contosohr', groupId: 'event', group: { displayName: 'By event' } };
    const event = { specversion: '1.0', id: '1', source: '/hr', type: 'com.contoso.shift', sequence: '1' };
    await storage.sendJson({ ...event, data }, 'changes');

    await start('previous');
    await left.byCurrent.isTakenUp();
    await left.byCurrent.isChanged();
    await until(async () => (await storage.deadLetters()).length === 2);
    expect(groupsInGraph()).not.toContain('event');
    expect((await ask('PATCH', '/named/members', { add: [user(3)] })).status).toBe(200);
    await stop();
  });

  it('upgraded again, has lost nothing but the names that members were declared by', async () => {
    const { stack, start, ask, redriveAll, storage, groupsInGraph, membersInGraph } = releases;
    await start('current');
    for (const work of [left.byPrevious, left.byCurrent]) await work.isAsItWas();
    await redriveAll();
    await until(() => ['event', 'newletter'].every((id) => groupsInGraph().includes(id)));
    expect(await storage.deadLetters()).toEqual([]);
    const patch = (group: string, change: object) => ask('PATCH', `/${group}/members`, change);
    expect((await patch('named', { add: [named(bo)] })).status).toBe(200);
    const everybody = [ann?.id, bo?.id, user(2).id, user(3).id].sort();
    expect(membersInGraph('named')).toEqual(everybody);
    // Nobody has the name any more. Only where the previous release has changed nothing is it known whose it was.
    stack.graph.users.set(firstUsers.filter(({ id }) => id !== ann?.id));
    expect((await patch('untouched', { remove: [named(ann)] })).status).toBe(200);
    expect(membersInGraph('untouched')).toEqual([user(2).id]);
    expect((await patch('named', { remove: [named(ann)] })).status).toBe(422);
    expect(membersInGraph('named')).toEqual(everybody);
    stack.graph.users.reset();
    expect((await patch('named', { remove: [named(ann)] })).status).toBe(200);
    expect(membersInGraph('named')).toEqual(everybody.filter((id) => id !== ann?.id));
  });
});
