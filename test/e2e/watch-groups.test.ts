import { afterAll, beforeAll, expect, test } from 'vitest';
import { groupWatchers } from '../../local/watch/watch-groups.ts';
import { type DeclaredClient, startDeclaredClient, users } from './declared-client.ts';

let client: DeclaredClient;
beforeAll(async () => {
  client = await startDeclaredClient();
});
afterAll(() => client.close());

test('tells each change of a declared group once, without any names', async () => {
  const watchers = groupWatchers(client.stack.azurite.connectionString);
  const look = async () => (await Promise.all(watchers.map((watcher) => watcher().catch(() => [])))).flat();
  expect(await look()).toEqual([]);
  await client.ask('PUT', '/night', { displayName: 'A secret name' });
  expect(await look()).toContain('group        contosohr/night  applied  (no members)');
  await client.ask('PUT', '/night/members', { members: users(3) });
  expect(await look()).toContain('group        contosohr/night  applied  (members 3 applied)');
  const before = await look();
  expect(before.filter((line) => line.startsWith('group'))).toEqual([]);
  await client.ask('DELETE', '/night');
  expect(await look()).toContain('group        contosohr/night  applied  (deleted; no members)');
});
