import { describe, expect, it } from 'vitest';
import { createSignatures } from '../../../../src/http/verify-signature.ts';
import { AdapterError } from '../../../../src/problems/adapter-error.ts';
import { createManualClock } from '../../../support/manual-clock.ts';
import { createCaller, record } from './caller.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const problem = (code: string) => `urn:problem-type:${code}`;

describe('reading the ledger', () => {
  it('gives the record', async () => {
    expect(await createCaller().getGroup()).toMatchObject({ status: 200, body: record });
  });

  it.each(['getGroup', 'listMembers'] as const)(
    'answers 404 to %s of what was never declared',
    async (name) => {
      const caller = createCaller();
      caller.reading(() => Promise.resolve(null));
      const reply = await caller[name]();
      expect([reply.status, reply.body.type]).toEqual([404, problem('group-not-managed')]);
    },
  );

  it.each(['getGroup', 'listMembers'] as const)('answers 409 to %s in another spelling', async (name) => {
    const reply = await createCaller()[name]({ params: { groupId: 'Night' } });
    expect(reply).toMatchObject({
      status: 409,
      body: { type: problem('group-conflict'), existing: { id: 'night' }, requested: { id: 'Night' } },
    });
  });

  it('lists a page and where the next one begins', async () => {
    const caller = createCaller();
    expect(await caller.listGroups({ query: '?state=deleted&cursor=abc' })).toMatchObject({
      status: 200,
      body: { groups: [record], next: 'n' },
    });
    expect((await caller.listMembers({ query: '?state=failed' })).body).toEqual({ members: [] });
    expect(caller.reads).toEqual([
      ['contosohr', { state: 'deleted', cursor: 'abc' }],
      ['contosohr', 'night', { state: 'failed' }],
    ]);
  });

  it.each([
    ['listMembers', '?state=deleted', '/state'],
    ['listMembers', '?cursor=', '/cursor'],
    ['listGroups', '?state=Applied', '/state'],
    ['listGroups', '?top=5', '/top'],
    ['getGroup', '?state=applied', '/state'],
  ] as const)('refuses %s with %s', async (name, query, pointer) => {
    const reply = await createCaller()[name]({ query });
    expect(reply).toMatchObject({ status: 400, body: { errors: [{ in: 'query', pointer }] } });
  });

  it('says of a cursor of another list that it is none of this one', async () => {
    const caller = createCaller();
    caller.reading(() => Promise.reject(new AdapterError('validation-failed', 'not a cursor')));
    const reply = await caller.listMembers({ query: '?cursor=foreign' });
    expect(reply).toMatchObject({ status: 400, body: { errors: [{ in: 'query', pointer: '/cursor' }] } });
  });

  it.each(['getGroup', 'listMembers', 'listGroups'] as const)(
    'answers 503 to %s while storage is gone, 403 to a foreign connection; a signature is not asked for',
    async (name) => {
      const caller = createCaller({ signatures: createSignatures([{ connectionId: null, secret }]) });
      caller.reading(() => Promise.reject(new Error('gone')));
      expect((await caller[name]()).body.type).toBe(problem('ledger-unavailable'));
      const params = { connectionId: 'other' };
      expect((await caller[name]({ params })).body.type).toBe(problem('connection-not-allowed'));
    },
  );

  it.each(['getGroup', 'listMembers', 'listGroups'] as const)(
    'answers %s two seconds after the deadline at the latest, however long storage is silent',
    async (name) => {
      const clock = createManualClock();
      const caller = createCaller({ clock });
      caller.reading(() => new Promise(() => undefined));
      const reply = caller[name]();
      await clock.pass(2_100);
      expect(await Promise.race([reply, 'nothing'])).toMatchObject({
        status: 503,
        body: { type: problem('ledger-unavailable') },
      });
    },
  );
});
