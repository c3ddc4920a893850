import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { attemptWithin, type GraphClient, openGraphClient } from './graph-client.ts';

// A separate file: MSAL keeps tokens and the endpoint in static state, and here no token may ever be issued.
describe('the Graph client without an identity', () => {
  let client: GraphClient;
  beforeAll(async () => {
    client = await openGraphClient();
    // Loads the SDKs, whose loading time would otherwise count against the identity's.
    client.identity.setFault({ kind: 'status', status: 500 });
    await attempt();
  });
  afterAll(() => client.close());
  beforeEach(() => client.identity.reset());

  /** `patience`: milliseconds in which the identity has to answer. */
  const attempt = ({ ms = 60_000, patience = 60_000 } = {}) =>
    client.newClient(undefined, patience).createExternalGroup('contosohr', { id: 'a' }, attemptWithin(ms));
  const impatient = { patience: 3_000 };

  it.each(['status', 'hang', 'empty', 'garbage', 'reset'] as const)('(%s) has sent nothing', async (kind) => {
    client.identity.setFault(kind === 'status' ? { kind, status: 500 } : { kind });
    const outcome = await attempt(kind === 'hang' ? impatient : {});
    expect(outcome).toMatchObject({ kind: 'not-begun', uncertain: false });
    expect(client.identity.counts().calls).toBe(1);
    expect(client.graph.calls()).toEqual([]);
  });

  it('says in the operator’s words what is missing', async () => {
    client.identity.setFault({ kind: 'hang' });
    const outcome = await attempt(impatient);
    expect(outcome.kind === 'not-begun' && outcome.why).toMatch(/no token: .*did not answer within 3000 ms/);
  });

  it('does not outlast its deadline', async () => {
    client.identity.setFault({ kind: 'hang' });
    expect(await attempt({ ms: 50 })).toMatchObject({
      kind: 'not-begun',
      why: expect.stringContaining('no token'),
    });
  });

  it('creates the group once the identity is back', async () => {
    expect(await attempt()).toMatchObject({ kind: 'created' });
  });
});
