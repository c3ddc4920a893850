import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { firstUsers } from '../../local/stand-ins/graph/directory/user-store.ts';
import type { GraphFault } from '../../local/stand-ins/graph/faults.ts';
import { groupsRole } from '../../local/stand-ins/identity/token-issuer.ts';
import { openStorage, type Storage } from '../support/storage.ts';
import { until } from '../support/until.ts';
import { type DeclaredClient, freshId, startDeclaredClient, user } from './declared-client.ts';

const [ann, bo, eve] = firstUsers as [(typeof firstUsers)[0], (typeof firstUsers)[0], (typeof firstUsers)[0]];
const problem = (code: string) => `urn:problem-type:${code}`;
const named = (kind: string, value: string) => ({ type: 'user', [kind]: value });
const annByMail = named('mail', 'ann@contoso.com');
const nobody = named('mail', 'nobody@contoso.com');
const notFound = (pointer: string) =>
  expect.objectContaining({ pointer, keyword: 'name', detail: 'not-found' });

describe('members by name', () => {
  let client: DeclaredClient;
  let storage: Storage;
  beforeAll(async () => {
    client = await startDeclaredClient({
      env: { MEMBER_NAMES: 'upn,mail,employeeId,sid', DEFERRAL_GIVE_UP_AFTER: 'PT3S' },
      tokens: { roles: [groupsRole, 'User.Read.All'] },
    });
    storage = openStorage(client.stack.azurite.connectionString);
  });
  afterAll(() => client.close());
  beforeEach(async () => {
    client.stack.graph.setFaults([]);
    client.stack.graph.users.reset();
    await storage.clear();
  });

  const usersAre = (...users: typeof firstUsers) => client.stack.graph.users.set(users);
  const fail = (fault: GraphFault) =>
    client.stack.graph.setFaults([{ match: { path: '/v1.0/users' }, fault }]);
  const lookUps = () =>
    client.stack.graph.calls().filter(({ path }) => path.startsWith('/v1.0/users')).length;
  /** A declared group with these members. */
  async function group(...members: readonly object[]): Promise<string> {
    const groupId = freshId();
    expect((await client.ask('PUT', `/${groupId}`, { displayName: 'Night' })).status).toBe(200);
    if (members.length > 0)
      expect((await client.ask('PUT', `/${groupId}/members`, { members })).status).toBe(200);
    return groupId;
  }
  const patch = (groupId: string, body: object) => client.ask('PATCH', `/${groupId}/members`, body);

  it('are found by every kind of name, whatever the case, and are recorded by id', async () => {
    const groupId = await group(
      named('upn', 'EVE_fabrikam.com#EXT#@contoso.com'),
      named('mail', 'Bo.Li@contoso.com'),
      named('employeeId', '1001'),
    );
    expect(client.inGraph(groupId)).toEqual([ann.id, bo.id, eve.id].sort());
    const { body } = await client.ask('GET', `/${groupId}/members`);
    expect(JSON.stringify(body)).not.toMatch(/contoso\.com|1001/);
  });

  it('by two names of one person are one member', async () => {
    const groupId = await group(annByMail, named('sid', ann.onPremisesSecurityIdentifier ?? ''), {
      type: 'user',
      id: ann.id,
    });
    expect(client.inGraph(groupId)).toEqual([ann.id]);
  });

  it('by an Entra SID, or by id and name, ask nobody', async () => {
    const before = lookUps();
    const groupId = await group(named('sid', 'S-1-12-1-464174966-1127616274-1724460434-658509210'), {
      ...user(7),
      mail: 'seven@contoso.com',
    });
    expect(client.inGraph(groupId)).toEqual(['1baabf76-0f12-4336-922d-c9669a0d4027', user(7).id].sort());
    expect(lookUps()).toBe(before);
    // The name said with the id is known from then on.
    expect((await patch(groupId, { remove: [named('mail', 'seven@contoso.com')] })).status).toBe(200);
    expect(client.inGraph(groupId)).toEqual(['1baabf76-0f12-4336-922d-c9669a0d4027']);
  });

  it('of nobody or of several are refused by their position, and all others are recorded', async () => {
    usersAre(ann, bo, { ...eve, mail: bo.mail ?? null });
    const groupId = await group();
    const reply = await client.ask('PUT', `/${groupId}/members`, {
      members: [annByMail, nobody, named('mail', 'bo.li@contoso.com')],
    });
    expect(reply.status).toBe(422);
    expect(reply.body).toMatchObject({ type: problem('members-refused'), record: { id: groupId } });
    expect(reply.body.errors).toEqual([
      notFound('/members/1'),
      expect.objectContaining({ pointer: '/members/2', keyword: 'name', detail: 'ambiguous' }),
    ]);
    expect(JSON.stringify(reply.body)).not.toContain('@');
    expect(client.inGraph(groupId)).toEqual([ann.id]);
  });

  it('are removed by name, and so is whoever was declared by it and has it no longer', async () => {
    const groupId = await group(annByMail, named('upn', 'bo@contoso.com'));
    expect((await patch(groupId, { remove: [annByMail] })).status).toBe(200);
    usersAre(ann);
    expect((await patch(groupId, { remove: [named('upn', 'BO@contoso.com')] })).status).toBe(200);
    expect(client.inGraph(groupId)).toEqual([]);
  });

  it('cannot be removed by a name that nobody has and by which nobody was declared', async () => {
    const groupId = await group(annByMail);
    const reply = await patch(groupId, { add: [named('upn', 'bo@contoso.com')], remove: [nobody] });
    expect(reply).toMatchObject({ status: 422, body: { errors: [notFound('/remove/0')] } });
    expect(client.inGraph(groupId)).toEqual([ann.id, bo.id].sort());
  });

  it('give way to the new holder of their name, which an event tells without naming anybody', async () => {
    const groupId = await group(annByMail);
    usersAre({ ...ann, mail: null }, { ...bo, mail: 'ann@contoso.com' });
    expect((await patch(groupId, { add: [annByMail, named('employeeId', '1002')] })).status).toBe(200);
    expect(client.inGraph(groupId)).toEqual([bo.id]);
  });

  it('stay in an exact list under a name that nobody has any more', async () => {
    const groupId = await group(annByMail, named('upn', 'bo@contoso.com'));
    usersAre(bo);
    const reply = await client.ask('PUT', `/${groupId}/members`, { members: [annByMail] });
    expect(reply).toMatchObject({ status: 422, body: { errors: [notFound('/members/0')] } });
    expect(client.inGraph(groupId)).toEqual([ann.id]);
    // The list names her no longer, not even by a name without a holder.
    usersAre(bo);
    expect((await client.ask('PUT', `/${groupId}/members`, { members: [] })).status).toBe(200);
    expect(client.inGraph(groupId)).toEqual([]);
  });

  it('are tried by a dry run', async () => {
    const groupId = await group(annByMail);
    const reply = await client.ask('PATCH', `/${groupId}/members?dryRun=true`, {
      add: [named('upn', 'bo@contoso.com'), nobody],
      remove: [nobody],
    });
    expect(reply).toMatchObject({ status: 400 });
    const tried = await client.ask('PATCH', `/${groupId}/members?dryRun=true`, {
      add: [named('upn', 'bo@contoso.com'), nobody],
    });
    expect(tried).toMatchObject({
      status: 200,
      body: { dryRun: true, members: { add: 1, remove: 0 }, refused: { errors: [notFound('/add/1')] } },
    });
    expect(client.inGraph(groupId)).toEqual([ann.id]);
  });

  it.each<[string, GraphFault]>([
    ['throttled', { kind: 'throttle', retryAfter: '1' }],
    ['failing', { kind: 'status', status: 503 }],
    ['cut off', { kind: 'reset' }],
  ])('are not recorded while the directory is %s, and nobody is removed', async (_how, fault) => {
    const groupId = await group(annByMail);
    fail(fault);
    const reply = await client.ask('PUT', `/${groupId}/members`, {
      members: [named('upn', 'bo@contoso.com')],
    });
    expect(reply).toMatchObject({ status: 503, body: { type: problem('deferral-unavailable') } });
    client.stack.graph.setFaults([]);
    expect(client.inGraph(groupId)).toEqual([ann.id]);
    await until(
      async () => (await patch(groupId, { add: [named('upn', 'bo@contoso.com')] })).status === 200 || null,
    );
  });

  it('are refused as a whole where the directory refuses the identity', async () => {
    const groupId = await group(annByMail);
    fail({ kind: 'status', status: 403 });
    const reply = await client.ask('PUT', `/${groupId}/members`, { members: [nobody] });
    expect(reply).toMatchObject({ status: 502, body: { type: problem('directory-access-denied') } });
    expect(client.inGraph(groupId)).toEqual([ann.id]);
  });

  it('are at most 1,000 in a request', async () => {
    const members = Array.from({ length: 1_001 }, (_, index) => named('mail', `p${index}@contoso.com`));
    const reply = await client.ask('PUT', `/${freshId()}/members`, { members });
    expect(reply).toMatchObject({ status: 413, body: { type: problem('too-many-names') } });
  });

  it('on the queue: the others are recorded at once, the unfound one later, or it is a dead letter', async () => {
    const groupId = await group();
    const send = (content: object) =>
      storage.sendJson({ connectionId: 'contosohr', groupId, ...content }, 'changes');
    await send({ sequence: 1, add: [annByMail, nobody] });
    await until(() => (client.inGraph(groupId)?.length === 1 ? true : null));
    const letter = await until(async () => (await storage.deadLetters())[0] ?? null);
    expect(letter).toMatchObject({ groupId, error: { code: 'members-refused' } });
    expect(client.inGraph(groupId)).toEqual([ann.id]);
  });

  it('on the queue: a list finds an account that comes later, and is refused by no sequence of its own', async () => {
    const groupId = await group();
    const carl = { ...eve, id: '4c1d9f60-2b7a-4e0d-9a3f-7d5b8c2e6f44', mail: 'carl@contoso.com' };
    usersAre(ann);
    const members = [annByMail, named('mail', 'carl@contoso.com')];
    const send = () =>
      storage.sendJson({ connectionId: 'contosohr', groupId, sequence: 1, members }, 'changes');
    await send();
    await until(() => (client.inGraph(groupId)?.length === 1 ? true : null));
    usersAre(ann, carl);
    await until(async () => {
      if (client.inGraph(groupId)?.includes(carl.id)) return true;
      if ((await storage.deadLetters()).length === 0) return null;
      // The account came too late for the first message: its dead letter is sent again.
      await storage.clear();
      await send();
      return null;
    });
    expect(client.inGraph(groupId)).toEqual([ann.id, carl.id].sort());
  });

  it('on the queue: too many of them are a dead letter within one attempt', async () => {
    const groupId = freshId();
    const add = Array.from({ length: 1_001 }, (_, index) => named('employeeId', `${index}`));
    await storage.sendJson({ connectionId: 'contosohr', groupId, sequence: 1, add }, 'changes');
    const letter = await until(async () => (await storage.deadLetters())[0] ?? null);
    expect(letter).toMatchObject({ groupId, attempts: 1, error: { code: 'too-many-names' } });
  });

  it('in one change may be 1,000, which are 67 queries', async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => ({
      id: user(index + 1).id,
      userPrincipalName: `p${index}@contoso.com`,
    }));
    usersAre(...many);
    const before = lookUps();
    const members = many.map(({ userPrincipalName }) => named('upn', userPrincipalName));
    const groupId = freshId();
    const reply = await client.ask('PUT', `/${groupId}/members`, { members }, { prefer: 'respond-async' });
    expect(reply).toMatchObject({ status: 202, body: { id: groupId } });
    expect(lookUps() - before).toBe(67);
  });

  it('wait as long as the directory says, and whoever waits is told', async () => {
    const groupId = await group();
    fail({ kind: 'throttle', retryAfter: '30' });
    const before = lookUps();
    const ask = () => patch(groupId, { add: [annByMail] });
    const reply = await ask();
    expect(reply.status).toBe(503);
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(10);
    client.stack.graph.setFaults([]);
    expect((await ask()).status).toBe(503);
    expect(lookUps() - before).toBe(1);
    await client.stack.host?.stop();
    await client.stack.startHost();
  });

  it('are heard of in time, however short it is and however silent the directory', async () => {
    const groupId = await group();
    fail({ kind: 'hang' });
    const began = performance.now();
    const reply = await client.ask(
      'PATCH',
      `/${groupId}/members`,
      { add: [annByMail] },
      { prefer: 'wait=1' },
    );
    expect(reply).toMatchObject({ status: 503, body: { type: problem('deferral-unavailable') } });
    expect(performance.now() - began).toBeLessThan(9_000);
    client.stack.graph.setFaults([]);
  });

  it.each(["o'brien@contoso.com", '$dollar@contoso.com', 'a+b&c=d%41@contoso.com', 'jürgen@contoso.com'])(
    'with characters that a URL or a filter could take for its own are found: %s',
    async (value) => {
      usersAre({ ...ann, mail: value }, bo);
      expect(client.inGraph(await group(named('mail', value)))).toEqual([ann.id]);
    },
  );

  it('leave no name in a log line, in telemetry, or in a table', async () => {
    const groupId = await group(named('mail', 'bo.li@contoso.com'));
    await patch(groupId, { add: [named('upn', 'canary.person@contoso.com')] });
    fail({ kind: 'reset' });
    await patch(groupId, { add: [named('upn', 'canary.person@contoso.com')] });
    await client.stack.host?.stop();
    const items = client.stack.telemetry.items();
    const names = items.map(({ data }) => data.baseData.name);
    expect(names).toContain('ExternalGroupNameReassigned');
    const told = `${client.stack.hostLines().join('\n')}${JSON.stringify(items)}`;
    expect(told).not.toMatch(/canary\.person|bo\.li|contoso\.com/);
    const lookedUp = items.flatMap(({ data }) =>
      JSON.stringify(data).includes('/v1.0/users') ? [data] : [],
    );
    expect(lookedUp.length).toBeGreaterThan(0);
    expect(JSON.stringify(lookedUp)).not.toMatch(/filter|select|\?/);
    // Also what is packed in the pages of the ledger.
    const stored = await storage.everyEntity();
    expect(stored.length).toBeGreaterThan(2);
    expect(stored.join('\n')).not.toMatch(/canary\.person|bo\.li|contoso\.com|fabrikam/i);
  });
});

describe('members by name where a permission is missing', () => {
  let client: DeclaredClient;
  beforeAll(async () => {
    client = await startDeclaredClient({
      env: { MEMBER_NAMES: 'mail,employeeId' },
      tokens: { roles: [groupsRole, 'User.ReadBasic.All'] },
    });
  });
  afterAll(() => client.close());
  const put = (members: readonly object[]) => client.ask('PUT', `/${freshId()}/members`, { members });

  it('are not said to be nobody’s: the directory leaves out whom the permission does not cover', async () => {
    expect(await put([named('employeeId', '1001')])).toMatchObject({
      status: 502,
      body: { type: problem('directory-access-denied') },
    });
    expect(await put([nobody])).toMatchObject({ status: 502 });
    // Somebody has been found by mail: from then on an empty answer is believed.
    expect((await put([nobody, annByMail])).body.errors).toEqual([notFound('/members/0')]);
    expect(await put([nobody])).toMatchObject({ status: 422 });
  });

  it('are refused for kinds that the setting does not list, which it names', async () => {
    const reply = await put([named('upn', 'ann@contoso.com')]);
    expect(reply.status).toBe(400);
    expect(JSON.stringify(reply.body.errors)).toContain('MEMBER_NAMES');
  });
});
