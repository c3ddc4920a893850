import { describe, expect, it } from 'vitest';
import { maxListedFaults } from '../../../../src/groups/fault-list.ts';
import { createSignatures } from '../../../../src/http/verify-signature.ts';
import { createManualClock } from '../../../support/manual-clock.ts';
import { createCaller, record } from './caller.ts';

const guid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const user = (number: number) => ({ type: 'user', id: guid(number) });
const problem = (code: string) => `urn:problem-type:${code}`;
const failedRecord = { ...record, state: 'failed', members: { applied: 1, applying: 0, failed: 2 } } as const;

describe('what is recorded', () => {
  it('is the whole group: a property that is left out is null', async () => {
    const { putGroup, changes } = createCaller();
    expect(
      await putGroup({ id: 'night', displayName: 'Night shift' }, { query: '?sequence=7' }),
    ).toMatchObject({
      status: 200,
      body: record,
    });
    expect(changes).toEqual([
      {
        kind: 'put-group',
        connectionId: 'contosohr',
        groupId: 'night',
        sequence: 7,
        displayName: 'Night shift',
        description: null,
      },
    ]);
  });

  it('is in the spelling of the connection that the list of connections has', async () => {
    const { putGroup, postChange, getGroup, changes, reads } = createCaller();
    const params = { connectionId: 'CONTOSOHR' };
    expect((await putGroup({}, { params })).status).toBe(200);
    const message = { connectionId: 'ContosoHR', groupId: 'night', sequence: 1, delete: true };
    expect((await postChange(message)).status).toBe(200);
    expect(changes).toMatchObject([{ connectionId: 'contosohr' }, { connectionId: 'contosohr' }]);
    await getGroup({ params });
    expect(reads).toEqual([['contosohr', 'night']]);
  });

  it('is a deletion, for which no body and no media type is needed', async () => {
    const { deleteGroup, changes } = createCaller();
    await deleteGroup({ headers: { 'content-type': '' } });
    expect(changes).toEqual([{ kind: 'delete-group', connectionId: 'contosohr', groupId: 'night' }]);
  });

  it('is each member once, in the spelling that came first, as the type said last', async () => {
    const { putMembers, changes } = createCaller();
    const upper = { type: 'user', id: 'ABCDEF00-0000-4000-8000-000000000001' };
    const lower = { ...upper, id: upper.id.toLowerCase() };
    await putMembers({ members: [upper, lower] }, { query: '?removals=12&code=key' });
    await putMembers({ members: [upper, { ...upper, type: 'group' }] });
    expect(changes).toMatchObject([
      { kind: 'put-members', members: [upper], removals: 12 },
      { kind: 'put-members', members: [{ type: 'group', id: upper.id }] },
    ]);
  });

  it('is nothing where one id is added and removed, whatever its types', async () => {
    const { patchMembers } = createCaller();
    const { id } = user(1);
    const { status, body } = await patchMembers({ add: [user(1)], remove: [{ type: 'group', id }] });
    expect([status, body]).toMatchObject([400, { errors: [{ pointer: '/remove/0', keyword: 'not' }] }]);
  });

  it('are additions and removals, either of which may be left out', async () => {
    const { patchMembers, changes } = createCaller();
    await patchMembers({ add: [user(1), { type: 'externalGroup', id: 'day' }], remove: [user(2)] });
    await patchMembers({ remove: [user(1)] });
    expect(changes).toMatchObject([
      { add: [user(1), { type: 'externalGroup', id: 'day' }], remove: [user(2)] },
      { add: [], remove: [user(1)] },
    ]);
  });
});

describe('the result of a change', () => {
  it('is 202 with the group’s own place here while it is in progress', async () => {
    const { putGroup, declares } = createCaller();
    declares(() => Promise.resolve({ kind: 'recorded', record, retryAfter: 4.2 }));
    const { status, headers, body } = await putGroup({}, { headers: { prefer: 'respond-async' } });
    expect([status, body]).toEqual([202, record]);
    expect(headers).toMatchObject({
      location: '/api/connections/contosohr/groups/night',
      'retry-after': '5',
      'preference-applied': 'respond-async',
    });
    expect((await putGroup({})).headers).not.toHaveProperty('preference-applied');
  });

  it('is the record as it stands, with a remark, if later changes have the last word', async () => {
    const { putGroup, declares } = createCaller();
    const superseded = true;
    declares(() => Promise.resolve({ kind: 'settled', record, superseded }));
    expect(await putGroup({})).toMatchObject({ status: 200, body: { ...record, superseded } });
    declares(() => Promise.resolve({ kind: 'recorded', record, retryAfter: 5, superseded }));
    expect(await putGroup({})).toMatchObject({ status: 202, body: { ...record, superseded } });
    const refusal = { code: 'graph-rejected', detail: 'Refused.', members: {} } as const;
    declares(() => Promise.resolve({ kind: 'failed', record: failedRecord, problem: refusal, superseded }));
    expect(await putGroup({})).toMatchObject({ status: 422, body: { record: failedRecord, superseded } });
  });

  it('is the problem with the record if Graph refuses something', async () => {
    const { putMembers, declares } = createCaller();
    const refusal = { code: 'members-refused', detail: '2 members.', members: {} } as const;
    declares(() => Promise.resolve({ kind: 'failed', record: failedRecord, problem: refusal }));
    expect(await putMembers({ members: [] })).toMatchObject({
      status: 422,
      body: { type: problem('members-refused'), counts: failedRecord.members, record: failedRecord },
    });
  });

  it('is the refusal with its counts if nothing was recorded', async () => {
    const { putMembers, declares } = createCaller();
    const refusal = {
      code: 'too-many-removals',
      detail: '20 of 30.',
      members: { removals: 20, allowed: 10 },
    } as const;
    declares(() => Promise.resolve({ kind: 'refused', problem: refusal }));
    expect(await putMembers({ members: [] })).toMatchObject({
      status: 409,
      body: { type: problem('too-many-removals'), removals: 20, allowed: 10 },
    });
  });

  it('is 503 if it may not have been recorded', async () => {
    const { putGroup, declares } = createCaller();
    declares(() => Promise.reject(new Error('storage is gone')));
    const { status, headers, body } = await putGroup({});
    expect([status, body.type]).toEqual([503, problem('deferral-unavailable')]);
    expect(headers['retry-after']).toMatch(/^\d+$/);
    expect(JSON.stringify(body)).not.toContain('storage is gone');
  });

  it('is 503 if the ledger does not answer at all', async () => {
    const { putGroup, declares } = createCaller();
    declares(() => new Promise(() => undefined));
    expect(await putGroup({})).toMatchObject({
      status: 503,
      body: { type: problem('deferral-unavailable') },
    });
  });
});

describe('how long the caller waits', () => {
  it.each([
    [{}, 100],
    [{ prefer: 'respond-async' }, 0],
    [{ prefer: 'wait=0' }, 0],
    [{ prefer: 'wait=9' }, 100],
  ])('%j: %i ms for Graph', async (headers, patience) => {
    const { putGroup, options } = createCaller();
    await putGroup({}, { headers });
    expect(options).toMatchObject([{ patience, source: 'http' }]);
  });
});

describe('an answer while the ledger is silent', () => {
  it.each([
    [{}, 100],
    [{ prefer: 'wait=0' }, 0],
    [{ prefer: 'respond-async' }, 100],
    [{ prefer: 'wait=1' }, 100],
  ])('with %j comes two seconds after %i ms at the latest', async (headers, deadline) => {
    for (const query of ['', '?dryRun=true']) {
      const clock = createManualClock();
      const { putGroup, declares, plans, options } = createCaller({ clock });
      const asked = Promise.withResolvers<void>();
      const never = () => {
        asked.resolve();
        return new Promise<never>(() => undefined);
      };
      declares(never);
      plans(never);
      const reply = putGroup({}, { headers, query });
      await asked.promise;
      await clock.pass(deadline + 2_000);
      expect(await Promise.race([reply, 'nothing'])).toMatchObject({ status: 503 });
      if (query === '') expect(options).toMatchObject([{ answerWithin: deadline + 1_500 }]);
    }
  });
});

describe('a dry run', () => {
  it('answers what would be done, and what would be refused', async () => {
    const { putMembers, plans, options } = createCaller();
    const counted = { group: 'unchanged', members: { add: 1, remove: 20, unchanged: 3 } } as const;
    const refused = { code: 'too-many-removals', detail: '20 of 23.', members: { removals: 20 } } as const;
    plans(() => Promise.resolve({ ...counted, refused }));
    expect(await putMembers({ members: [] }, { query: '?dryRun=true' })).toMatchObject({
      status: 200,
      body: { dryRun: true, ...counted, refused: { type: problem('too-many-removals'), removals: 20 } },
    });
    expect(options).toEqual([]);
  });

  it('is 503 if the ledger cannot be read', async () => {
    const { putMembers, plans } = createCaller();
    plans(() => Promise.reject(new Error('gone')));
    const reply = await putMembers({ members: [] }, { query: '?dryRun=true' });
    expect([reply.status, reply.body.type]).toEqual([503, problem('ledger-unavailable')]);
  });
});

describe('a request that breaks rules', () => {
  it('lists every error of path, query and body at once', async () => {
    const { putGroup, changes } = createCaller();
    const { status, body } = await putGroup(
      { id: 'day', displayName: 1, x: true },
      { query: '?sequence=-1&dryrun=true', params: { connectionId: 'Microsoft1', groupId: 'a/b' } },
    );
    expect([status, body.type]).toEqual([400, problem('validation-failed')]);
    expect(body.errors).toEqual(
      expect.arrayContaining([
        { in: 'path', pointer: '/connectionId', keyword: 'not', detail: expect.any(String) },
        { in: 'path', pointer: '/groupId', keyword: 'pattern', detail: expect.any(String) },
        {
          in: 'query',
          pointer: '/sequence',
          keyword: 'format',
          detail: expect.stringContaining('whole number'),
        },
        { in: 'query', pointer: '/dryrun', keyword: 'additionalProperties', detail: expect.any(String) },
        { in: 'body', pointer: '/x', keyword: 'additionalProperties', detail: expect.any(String) },
        { in: 'body', pointer: '/displayName', keyword: 'type', detail: expect.any(String) },
      ]),
    );
    expect(changes).toEqual([]);
  });

  it('names what is wrong with members beside what is wrong with the body', async () => {
    const { body } = await createCaller().patchMembers({ add: [user(1), 1], remove: [user(1)], x: 1 });
    const named = (body.errors as { pointer: string }[]).map(({ pointer }) => pointer);
    expect(named.sort()).toEqual(['/add/1', '/remove/0', '/x']);
  });

  it.each([
    ['an id other than the path’s', { id: 'day' }, '/id', 'const'],
    ['an id in another case', { id: 'Night' }, '/id', 'const'],
    ['an array', [], '', 'type'],
    ['null', null, '', 'type'],
  ])('PUT of a group with %s', async (_what, body, pointer, keyword) => {
    const reply = await createCaller().putGroup(body);
    expect(reply.status).toBe(400);
    expect(reply.body.errors).toEqual([{ in: 'body', pointer, keyword, detail: expect.any(String) }]);
  });

  it.each([
    ['no list', {}, '/members', 'required'],
    ['a string for a list', { members: 'x' }, '/members', 'type'],
    ['a member that is null', { members: [null] }, '/members/0', 'type'],
    ['no type', { members: [{ id: guid(1) }] }, '/members/0/type', 'discriminator'],
    ['an unknown type', { members: [{ type: 'User', id: guid(1) }] }, '/members/0/type', 'discriminator'],
    ['a user by mail', { members: [{ type: 'user', id: 'ann@contoso.com' }] }, '/members/0/id', 'pattern'],
    ['no id', { members: [user(1), { type: 'user' }] }, '/members/1/id', 'required'],
    [
      'more about a member',
      { members: [{ ...user(1), name: 'Ann' }] },
      '/members/0/name',
      'additionalProperties',
    ],
    ['itself', { members: [{ type: 'externalGroup', id: 'NIGHT' }] }, '/members/0/id', 'not'],
    ['an empty group id', { members: [{ type: 'externalGroup', id: '' }] }, '/members/0/id', 'minLength'],
  ])('PUT of members with %s', async (_what, body, pointer, keyword) => {
    const reply = await createCaller().putMembers(body);
    expect(reply.status).toBe(400);
    expect(reply.body.errors).toContainEqual({ in: 'body', pointer, keyword, detail: expect.any(String) });
    expect(JSON.stringify(reply.body)).not.toContain('contoso.com');
  });

  it.each([
    ['nothing', {}, '', 'minProperties'],
    ['one member in both', { add: [user(1)], remove: [user(2), user(1)] }, '/remove/1', 'not'],
    ['a list of its own', { members: [] }, '/members', 'additionalProperties'],
  ])('PATCH of members with %s', async (_what, body, pointer, keyword) => {
    const reply = await createCaller().patchMembers(body);
    expect(reply.status).toBe(400);
    expect(reply.body.errors).toContainEqual({ in: 'body', pointer, keyword, detail: expect.any(String) });
  });

  it('names a hundred of thousands of errors', async () => {
    const { status, body } = await createCaller().putMembers({ members: Array(40_000).fill(1) });
    expect(status).toBe(400);
    expect(body.errors).toHaveLength(maxListedFaults);
    expect(body.detail).toContain('At least 100 errors: the first');
  });

  it.each([
    '-1',
    '1.5',
    '1e3',
    '0x10',
    '',
    ' 1',
    '9007199254740992',
    '9007199254740993',
    '99999999999999999999',
    '1&sequence=2',
  ])('sequence=%s', async (sequence) => {
    const reply = await createCaller().deleteGroup({ query: `?sequence=${sequence}` });
    expect(reply.status).toBe(400);
    expect(reply.body.errors).toMatchObject([{ in: 'query', pointer: '/sequence' }]);
  });

  it.each([0, Number.MAX_SAFE_INTEGER])('takes the sequence %i', async (sequence) => {
    const { deleteGroup, changes } = createCaller();
    await deleteGroup({ query: `?sequence=${sequence}` });
    expect(changes).toMatchObject([{ sequence }]);
  });

  it('refuses a deletion with a body, which could mean to say something', async () => {
    const reply = await createCaller().deleteGroup({}, { dryRun: true });
    expect(reply.body.errors).toMatchObject([{ in: 'body', pointer: '', keyword: 'maxLength' }]);
  });

  it('refuses removals if nothing is replaced', async () => {
    const reply = await createCaller().patchMembers({ add: [] }, { query: '?removals=3' });
    expect(reply.body.errors).toMatchObject([{ in: 'query', pointer: '/removals' }]);
  });
});

describe('the bounds', () => {
  const many = (count: number) => Array.from({ length: count }, (_, number) => user(number));

  it('take 50,000 members, one of them twice', async () => {
    const { putMembers, changes } = createCaller();
    expect((await putMembers({ members: [...many(50_000), user(0)] })).status).toBe(200);
    expect(changes[0]).toMatchObject({ members: { length: 50_000 } });
  });

  it('answer 413 to one more, in either list', async () => {
    const { putMembers, patchMembers } = createCaller();
    const members = many(50_001);
    for (const reply of [await putMembers({ members }), await patchMembers({ remove: members })])
      expect(reply).toMatchObject({
        status: 413,
        body: { type: problem('too-many-members'), given: 50_001, allowed: 50_000 },
      });
  });

  it('answer 413 to a body over 32 KiB for a group, over 4 MiB for members', async () => {
    const { putGroup, putMembers } = createCaller();
    const padded = (body: string, length: number) => body.padEnd(length, ' ');
    expect((await putGroup(padded('{}', 32_768))).status).toBe(200);
    const name = (length: number) => JSON.stringify({ displayName: 'x'.repeat(length - 18) });
    expect([name(32_768).length, (await putGroup(name(32_768))).status]).toEqual([32_768, 200]);
    expect((await putGroup(padded('{}', 32_769))).body.type).toBe(problem('payload-too-large'));
    expect((await putMembers(padded('{"members":[]}', 4_194_304))).status).toBe(200);
    expect((await putMembers(padded('{"members":[]}', 4_194_305))).body.type).toBe(
      problem('payload-too-large'),
    );
  });
});

describe('the order of checks', () => {
  it('is size, signed changes only, media type, JSON, schema, connection', async () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const { putGroup } = createCaller({ signatures: createSignatures([{ connectionId: 'closed', secret }]) });
    const headers = { 'content-type': 'text/plain' };
    const type = async (...request: Parameters<typeof putGroup>) => (await putGroup(...request)).body.type;
    const [params, closed] = [{ connectionId: 'other' }, { connectionId: 'CLOSED' }];
    expect(await type('x'.repeat(40_000), { headers, params: closed })).toBe(problem('payload-too-large'));
    expect(await type('{', { headers, params: closed })).toBe(problem('signed-changes-only'));
    expect(await type('{', { headers, params })).toBe(problem('unsupported-media-type'));
    expect(await type('{', { params })).toBe(problem('malformed-json'));
    expect(await type('{"x":1}', { params })).toBe(problem('validation-failed'));
    expect(await type('{}', { params })).toBe(problem('connection-not-allowed'));
  });
});
