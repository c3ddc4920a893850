import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStorage } from '../support/storage.ts';
import { until } from '../support/until.ts';
import { type DeclaredClient, freshId, startDeclaredClient, users } from './declared-client.ts';

describe('the verification', () => {
  let client: DeclaredClient;
  beforeAll(async () => {
    // Without VERIFY_GROUPS: a verification started from the command line needs no timer.
    client = await startDeclaredClient();
  });
  afterAll(() => client.close());
  const begin = async () => {
    const { connectionString } = client.stack.azurite;
    const queue = await openStorage(connectionString).queue('external-group-verifications');
    const message = JSON.stringify({ connectionId: 'contosohr', partition: 0 });
    await queue.sendMessage(Buffer.from(message).toString('base64'));
  };

  it('reads every group, five at a time, although it is started three times and Graph throttles one read', async () => {
    const { ask, stack } = client;
    const ids = Array.from({ length: 24 }, freshId);
    for (const id of ids) await ask('PUT', `/${id}`, {});
    const fault = { kind: 'throttle', retryAfter: '3' } as const;
    stack.graph.setFaults([{ match: { operation: 'read-group', groupId: ids[11] ?? '' }, times: 1, fault }]);
    for (let start = 0; start < 3; start += 1) await begin();
    const reads = () => stack.graph.calls().filter(({ operation }) => operation === 'read-group');
    const shown = () => reads().flatMap(({ groupId, status }) => (status === 200 ? [groupId] : []));
    await until(() => (ids.every((id) => shown().includes(id)) ? true : null));
    const throttled = reads().find(({ status }) => status === 429);
    const within = reads().filter(({ at }) => {
      const since = at - (throttled?.at ?? 0);
      return since > (throttled?.durationMs ?? 0) && since < 3_000;
    });
    expect(throttled).toBeDefined();
    // Those at most that were on their way when the app heard of it.
    expect(within.length).toBeLessThan(5);
    expect(Math.max(...reads().map(({ inFlight }) => inFlight))).toBeLessThanOrEqual(5);
    // Nothing is left behind of the second and third start, and the walk is over.
    const storage = openStorage(stack.azurite.connectionString);
    await until(async () => ((await storage.count('verifications')) === 0 ? true : null));
  });

  it('repairs what others have changed, and finds what is missing, once it is asked for', async () => {
    const { ask, stack, inGraph } = client;
    const [changed, missing] = [freshId(), freshId()];
    for (const id of [changed, missing]) await ask('PUT', `/${id}`, { displayName: 'Night shift' });
    await ask('PUT', `/${missing}/members`, { members: users(3) });
    stack.graph.reset();
    stack.graph.putGroup('contosohr', { id: changed, displayName: 'Changed by hand', description: null });
    await begin();
    await until(() => stack.graph.groups().find(({ displayName }) => displayName === 'Night shift') ?? null);
    // The group counts as gone only when Graph says so a second time, two minutes later; until then nothing is written.
    const reads = () =>
      stack.graph.calls().filter(({ method, path }) => method === 'GET' && path.endsWith(missing));
    await until(() => (reads().length > 0 ? true : null));
    expect((await client.record(missing, 'applied')).members).toMatchObject({ applied: 3 });
    expect(inGraph(missing)).toBeNull();
  });
});
