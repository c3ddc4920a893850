import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstUsers } from '../../local/stand-ins/graph/directory/user-store.ts';
import { groupsRole } from '../../local/stand-ins/identity/token-issuer.ts';
import { stagePreviousRelease } from '../previous-release.ts';
import { stageApp } from '../stage-app.ts';
import { until } from '../support/until.ts';
import { user, users } from './declared-client.ts';
import { type Ask, type Releases, startReleases } from './upgrade/releases.ts';
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
  const areInGraph = (group: string, ids: readonly (string | undefined)[]) =>
    until(() => isDeepStrictEqual(releases.membersInGraph(group), [...ids].sort()));
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

  it('while instances are replaced, both work on the same groups, and the highest sequences count', async () => {
    const { stack, startBeside, ask } = releases;
    const previous = await startBeside('previous');
    undo.push(previous.stop);
    const groups = Array.from({ length: 12 }, (_, index) => `both${index}`);
    // Some calls are put off, so that looks go over the queue, where either takes them.
    stack.graph.setFaults([{ fault: { kind: 'throttle', retryAfter: '1' }, probability: 0.2 }]);
    // Where two write at once one may hear 503, and says it again.
    const say = (tell: Ask, ...change: [string, string, object]) =>
      until(async () => (await tell(...change, 'respond-async')).status < 300);
    await Promise.all(
      groups.flatMap((group) => [
        say(previous.ask, 'PUT', `/${group}?sequence=1`, { displayName: 'First' }),
        say(ask, 'PUT', `/${group}/members?sequence=2`, { members: users(3) }),
        say(previous.ask, 'PATCH', `/${group}/members?sequence=3`, { add: [user(4)] }),
        say(ask, 'PATCH', `/${group}/members?sequence=4`, { remove: [user(1)] }),
        say(previous.ask, 'PUT', `/${group}?sequence=5`, { displayName: 'Last' }),
      ]),
    );
    stack.graph.setFaults([]);
    // Graph has the latest at once; a record may be `applying` for ten minutes, until nothing earlier can land.
    for (const group of groups) {
      await areInGraph(
        group,
        [2, 3, 4].map((number) => user(number).id),
      );
      await until(() => stack.graph.groups().some((one) => one.id === group && one.displayName === 'Last'));
      expect((await ask('GET', `/${group}`)).body).toMatchObject({ displayName: 'Last', sequence: 5 });
    }
    await previous.stop();
  });

  it('rolled back, is taken up by the previous one, which keeps what it cannot read as a dead letter', async () => {
    const { start, stop, ask, redriveAll, storage, groupsInGraph } = releases;
    for (const group of ['named', 'untouched']) {
      await ask('PUT', `/${group}`, {});
      const members = [named(ann), user(2)];
      await ask('PUT', `/${group}/members`, { members });
      await areInGraph(group, [ann?.id, user(2).id]);
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
    await ask('PATCH', '/named/members', { add: [user(3)] });
    await areInGraph('named', [ann?.id, user(2).id, user(3).id]);
    await stop();
  });

  it('upgraded again, has lost nothing but the names that members were declared by', async () => {
    const { stack, start, ask, redriveAll, storage, groupsInGraph } = releases;
    await start('current');
    for (const work of [left.byPrevious, left.byCurrent]) await work.isAsItWas();
    await redriveAll();
    await until(() => ['event', 'newletter'].every((id) => groupsInGraph().includes(id)));
    expect(await storage.deadLetters()).toEqual([]);
    const patch = (group: string, change: object) => ask('PATCH', `/${group}/members`, change);
    const everybody = [ann?.id, bo?.id, user(2).id, user(3).id];
    await patch('named', { add: [named(bo)] });
    await areInGraph('named', everybody);
    // Nobody has the name any more. Only where the previous release has changed nothing is it known whose it was.
    stack.graph.users.set(firstUsers.filter(({ id }) => id !== ann?.id));
    await patch('untouched', { remove: [named(ann)] });
    await areInGraph('untouched', [user(2).id]);
    expect((await patch('named', { remove: [named(ann)] })).status).toBe(422);
    await areInGraph('named', everybody);
    stack.graph.users.reset();
    await patch('named', { remove: [named(ann)] });
    await areInGraph(
      'named',
      everybody.filter((id) => id !== ann?.id),
    );
  });
});
