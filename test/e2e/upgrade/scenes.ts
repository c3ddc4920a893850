import { expect } from 'vitest';
import { until } from '../../support/until.ts';
import { user, users } from '../declared-client.ts';
import type { Releases } from './releases.ts';

/** What a release has left in storage: settled, failed, gone, and waiting. */
export interface Left {
  /** Another release reads it, and what waited is done. */
  readonly isTakenUp: () => Promise<void>;
  /** The other release changes it, and only what has changed is written to Graph. */
  readonly isChanged: () => Promise<void>;
  /** It stands as `isChanged` has left it. */
  readonly isAsItWas: () => Promise<void>;
}

const connectionId = 'contosohr';
/** More than one page of the ledger holds. */
const many = 1_100;
const refusal = { kind: 'status', status: 400, body: 'odata', code: 'InvalidRequest' } as const;
const ids = (members: readonly { readonly id: string }[]) => members.map(({ id }) => id).sort();

/** Has the running release make work of every kind; what waits, waits for Graph. `name` begins the ids. */
export async function leaveWork(releases: Releases, name: string): Promise<Left> {
  const { stack, storage, ask, askOperation, groupsInGraph, membersInGraph } = releases;
  const record = (group: string, state: string) =>
    until(async () => {
      const { body } = await ask('GET', `/${name}${group}`);
      return body.state === state && body;
    });
  const calls = () => stack.graph.calls().filter(({ path }) => path.includes(`/${name}`));
  const sequenced = (group: string, sequence: number) => `/${name}${group}/members?sequence=${sequence}`;

  await ask('PUT', `/${name}settled?sequence=5`, { displayName: 'Settled', description: 'As it was' });
  await ask('PUT', sequenced('settled', 5), { members: users(30) });
  // Storage time is held back by two seconds, which 0.2.0 shows and later releases do not.
  const { lastChangedDateTime, lastAppliedDateTime, ...settled } = await record('settled', 'applied');
  await ask('PUT', `/${name}large`, {});
  await ask('PUT', `/${name}large/members`, { members: users(many) });
  await record('large', 'applied');
  await ask('PUT', `/${name}gone`, { displayName: 'Gone' });
  await ask('DELETE', `/${name}gone`);
  await record('gone', 'applied');
  stack.graph.setFaults([
    { match: { operation: 'add-member', groupId: `${name}refused` }, fault: refusal },
    { match: { operation: 'create-group', groupId: `${name}letter` }, fault: refusal },
  ]);
  await ask('PUT', `/${name}refused`, {});
  await ask('PUT', `/${name}refused/members`, { members: [user(1)] });
  await record('refused', 'failed');
  await ask('POST', '', { id: `${name}letter` }, 'respond-async');
  await until(async () => (await storage.deadLetters()).length > 0);

  stack.graph.setFaults([{ fault: { kind: 'throttle', retryAfter: '1' } }]);
  await ask('PUT', `/${name}waiting`, { displayName: 'Waiting' }, 'respond-async');
  await ask('PATCH', `/${name}waiting/members`, { add: users(2) }, 'respond-async');
  const later = await ask('POST', '', { id: `${name}later` }, 'respond-async');
  await storage.sendJson({ connectionId, group: { id: `${name}produced` } });
  const queued = { connectionId, groupId: `${name}queued`, sequence: 1, group: { displayName: 'Queued' } };
  await storage.sendJson(queued, 'changes');
  await until(async () => (await ask('GET', `/${name}queued`)).status === 200);
  stack.graph.setFaults([]);

  return {
    isTakenUp: async () => {
      expect((await ask('GET', `/${name}settled`)).body).toMatchObject(settled);
      expect((await ask('GET', `/${name}gone`)).body).toMatchObject({ deleted: true, state: 'applied' });
      expect(await record('refused', 'failed')).toMatchObject({ members: { failed: 1 } });
      expect(await record('large', 'applied')).toMatchObject({ members: { applied: many } });
      await record('waiting', 'applied');
      await record('queued', 'applied');
      await until(async () => (await askOperation(later.body.id)).body.status === 'succeeded');
      await until(() => groupsInGraph().includes(`${name}produced`));
      expect(membersInGraph(`${name}waiting`)).toEqual(ids(users(2)));
    },
    isChanged: async () => {
      const before = calls().length;
      await ask('PUT', sequenced('settled', 6), { members: users(30) });
      await ask('PATCH', sequenced('settled', 4), { add: [user(99)] });
      await record('settled', 'applied');
      expect(calls()).toHaveLength(before);
      await ask('PATCH', sequenced('settled', 7), { add: [user(31)], remove: [user(1)] });
      await record('settled', 'applied');
      await ask('PUT', `/${name}large/members`, { members: users(many, 2) });
      await record('large', 'applied');
      expect(calls()).toHaveLength(before + 4);
      await ask('PATCH', `/${name}refused/members`, { add: [user(1)] });
      await record('refused', 'applied');
      await ask('PUT', `/${name}gone`, { displayName: 'Back' });
      await record('gone', 'applied');
    },
    isAsItWas: async () => {
      for (const group of ['settled', 'large', 'refused', 'gone', 'waiting', 'queued'])
        expect(await record(group, 'applied')).toMatchObject({ deleted: false });
      expect(membersInGraph(`${name}settled`)).toEqual(ids(users(30, 2)));
      expect(membersInGraph(`${name}large`)).toEqual(ids(users(many, 2)));
      expect(membersInGraph(`${name}refused`)).toEqual([user(1).id]);
      const before = calls().length;
      await ask('PUT', sequenced('settled', 8), { members: users(30, 2) });
      await ask('PUT', `/${name}large/members`, { members: users(many, 2) });
      await record('large', 'applied');
      expect(calls()).toHaveLength(before);
      expect(groupsInGraph()).toEqual(
        expect.arrayContaining(['gone', 'later', 'produced'].map((group) => `${name}${group}`)),
      );
    },
  };
}
