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

  it('repairs what others have changed, and finds what is missing, once it is asked for', async () => {
    const { ask, stack, inGraph } = client;
    const [changed, missing] = [freshId(), freshId()];
    for (const id of [changed, missing]) await ask('PUT', `/${id}`, { displayName: 'Night shift' });
    await ask('PUT', `/${missing}/members`, { members: users(3) });
    stack.graph.reset();
    stack.graph.putGroup('contosohr', { id: changed, displayName: 'Changed by hand', description: null });
    const queue = await openStorage(stack.azurite.connectionString).queue('external-group-verifications');
    const message = JSON.stringify({ connectionId: 'contosohr', partition: 0 });
    await queue.sendMessage(Buffer.from(message).toString('base64'));
    await until(() => stack.graph.groups().find(({ displayName }) => displayName === 'Night shift') ?? null);
    // The group counts as gone only when Graph says so a second time, two minutes later; until then nothing is written.
    const reads = () =>
      stack.graph.calls().filter(({ method, path }) => method === 'GET' && path.endsWith(missing));
    await until(() => (reads().length > 0 ? true : null));
    expect((await client.record(missing, 'applied')).members).toMatchObject({ applied: 3 });
    expect(inGraph(missing)).toBeNull();
  });
});
