import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { attemptWithin, type GraphRoom, openGraphRoom } from './graph-room.ts';

// A file of its own: MSAL keeps tokens and the endpoint in static state, and here no token may ever be issued.
describe('the Graph room without an identity', () => {
  let room: GraphRoom;
  beforeAll(async () => {
    room = await openGraphRoom();
    // Loads the SDKs, whose time would count against the identity's.
    room.identity.setFault({ kind: 'status', status: 500 });
    await attempt();
  });
  afterAll(() => room.close());
  beforeEach(() => room.identity.reset());

  const attempt = (ms = 5_000) =>
    room.newRoom(undefined, 1_000).createExternalGroup('contosohr', { id: 'a' }, attemptWithin(ms));

  it.each(['status', 'hang', 'empty', 'garbage', 'reset'] as const)('(%s) has sent nothing', async (kind) => {
    room.identity.setFault(kind === 'status' ? { kind, status: 500 } : { kind });
    expect(await attempt()).toMatchObject({ kind: 'unavailable', uncertain: false });
    expect(room.identity.counts().calls).toBe(1);
    expect(room.graph.calls()).toEqual([]);
  });

  it('says in the operator’s words what is missing', async () => {
    room.identity.setFault({ kind: 'hang' });
    const outcome = await attempt();
    expect(outcome.kind === 'unavailable' && outcome.why).toMatch(
      /no token: .*did not answer within 1000 ms/,
    );
  });

  it('does not outlast its deadline', async () => {
    room.identity.setFault({ kind: 'hang' });
    expect(await attempt(50)).toMatchObject({
      kind: 'unavailable',
      why: expect.stringContaining('no token'),
    });
  });

  it('creates the group once the identity is back', async () => {
    expect(await attempt()).toMatchObject({ kind: 'created' });
  });
});
