import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Certificate, createCertificate } from '../../../local/stack/certificate.ts';
import { type GraphStandIn, startGraphStandIn } from '../../../local/stand-ins/graph/graph-stand-in.ts';
import { createTokenIssuer, type TokenIssuer } from '../../../local/stand-ins/identity/token-issuer.ts';
import { type Sent, send } from './send.ts';

const ann = { id: '0f8fad5b-d9cb-469f-a165-70867728950e', type: 'user' };
const team = { id: '7c9e6679-7425-40de-944b-e07fc1f90ae7', type: 'group' };
const nested = { id: 'other', type: 'externalGroup' };

let tls: Certificate;
let tokens: TokenIssuer;
let graph: GraphStandIn;

beforeAll(async () => {
  tls = await createCertificate();
  tokens = createTokenIssuer();
  graph = await startGraphStandIn({ tls, tokens });
});
afterAll(() => graph.close());
beforeEach(() => {
  graph.reset();
  graph.putGroup('contosohr', { id: 'g', displayName: null, description: null });
});

function call(method: string, path: string, sent: Sent = {}) {
  const authorization = `Bearer ${tokens.issue('https://graph.microsoft.com').token}`;
  return send(`${graph.url}/v1.0/external/connections/contosohr/groups${path}`, {
    ...sent,
    method,
    ca: tls.cert,
    headers: { authorization },
  });
}
const add = (body: object, groupId = 'g', signal?: AbortSignal) =>
  call('POST', `/${groupId}/members`, { body, ...(signal === undefined ? {} : { signal }) });
const remove = (id: string, groupId = 'g') => call('DELETE', `/${groupId}/members/${encodeURIComponent(id)}`);
const members = () => graph.groups().find(({ id }) => id === 'g')?.members;

describe('members', () => {
  test('are added and removed one by one', async () => {
    for (const member of [ann, team, nested]) {
      const answer = await add(member);
      expect([answer.status, answer.json]).toEqual([
        201,
        { '@odata.context': expect.any(String), ...member },
      ]);
    }
    expect((await remove(team.id.toUpperCase())).status).toBe(204);
    expect(members()).toEqual([ann, nested]);
    expect(graph.counters().writes).toEqual({ 'add-member': 3, 'remove-member': 1 });
  });

  test('are told apart from what is already so', async () => {
    await add(ann);
    expect((await add(ann)).status).toBe(409);
    expect((await remove(team.id)).status).toBe(404);
    expect(members()).toEqual([ann]);
    expect(graph.counters().byOperation).toEqual({ 'add-member': 2, 'remove-member': 1 });
  });

  test('cannot be listed or read', async () => {
    await add(ann);
    expect((await call('GET', '/g/members')).status).toBe(405);
    expect((await call('GET', `/g/members/${ann.id}`)).status).toBe(405);
  });

  test('go with their group; a later one of the same id is empty', async () => {
    await add(ann);
    expect((await call('DELETE', '/g')).status).toBe(204);
    expect((await add(ann)).status).toBe(404);
    await call('POST', '', { body: { id: 'g' } });
    expect(members()).toEqual([]);
  });

  test.each<[string, object]>([
    ['an unknown type', { ...ann, type: 'device' }],
    ['a type of another case', { ...ann, type: 'User' }],
    ['an inherited name as type', { ...ann, type: 'toString' }],
    ['no type', { id: ann.id }],
    ['no id', { type: 'user' }],
    ['an id that is no GUID', { ...ann, id: 'ann@contoso.com' }],
    ['an id that is a number', { ...ann, id: 1 }],
    ['an external group id with a space', { ...nested, id: 'a b' }],
    ['the group itself', { ...nested, id: 'G' }],
    ['beta’s identitySource', { ...ann, identitySource: 'azureActiveDirectory' }],
    ['an @odata.type', { ...ann, '@odata.type': '#microsoft.graph.externalConnectors.identity' }],
    ['a list', [ann]],
  ])('%s is refused', async (_, body) => {
    expect((await add(body)).status).toBe(400);
    expect(members()).toEqual([]);
  });

  test('that Graph does not know are a rule for their id', async () => {
    graph.setFaults([{ match: { memberId: ann.id.toUpperCase() }, fault: { kind: 'status', status: 404 } }]);
    expect([(await add(ann)).status, (await add(team)).status]).toEqual([404, 201]);
    expect((await remove(ann.id)).status).toBe(404);
  });
});

describe('a group that Graph wrongly denies', () => {
  const statuses = async () => [
    (await call('GET', '/g')).status,
    (await call('PATCH', '/g', { body: { displayName: 'n' } })).status,
    (await add(team)).status,
    (await remove(ann.id)).status,
    (await call('DELETE', '/g')).status,
  ];
  beforeEach(() => add(ann));

  test('is still there, and its id is taken', async () => {
    expect(graph.hideGroup('contosohr', 'g')).toBe(true);
    expect(await statuses()).toEqual([404, 404, 404, 404, 404]);
    expect((await call('POST', '', { body: { id: 'g' } })).status).toBe(409);
    expect(members()).toEqual([ann]);
  });

  test('is shown again after a while, unharmed', async () => {
    graph.hideGroup('contosohr', 'g', { ms: 0 });
    expect((await call('GET', '/g')).status).toBe(200);
    expect(members()).toEqual([ann]);
  });

  test('can be made to begin again with the next create', async () => {
    graph.hideGroup('contosohr', 'g', { onCreate: 'replace' });
    expect((await call('POST', '', { body: { id: 'g' } })).status).toBe(201);
    expect(members()).toEqual([]);
    expect(await statuses()).toEqual([200, 204, 201, 404, 204]);
  });

  test('must exist', () => {
    expect(graph.hideGroup('contosohr', 'unknown')).toBe(false);
  });
});

describe('a late write', () => {
  test.each([
    ['none', 'rejects'],
    ['reset', 'rejects'],
    ['gateway-timeout', 504],
  ] as const)('(%s) is carried out when its time has come', async (answer, heard) => {
    graph.setFaults([
      { match: { operation: 'add-member' }, times: 1, fault: { kind: 'late', ms: 600_000, answer } },
    ]);
    const leave = new AbortController();
    const added = add(ann, 'g', leave.signal).then(
      ({ status }) => status,
      () => 'rejects',
    );
    await expect.poll(() => graph.lateWrites().length).toBe(1);
    if (answer === 'none') leave.abort();
    expect(await added).toBe(heard);
    expect(members()).toEqual([]);
    expect(graph.lateWrites()).toEqual([{ seq: graph.calls()[0]?.seq, dueInMs: expect.any(Number) }]);
    expect(graph.landNow()).toBe(1);
    expect(members()).toEqual([ann]);
    expect(graph.calls()[0]).toMatchObject({ fault: 'late', committed: true });
    expect(graph.lateWrites()).toEqual([]);
  });

  test('undoes what was done meanwhile', async () => {
    graph.setFaults([{ times: 1, fault: { kind: 'late', ms: 600_000, answer: 'reset' } }]);
    await add(ann).catch(() => {});
    await add(ann);
    await remove(ann.id);
    graph.landNow();
    expect(members()).toEqual([ann]);
  });

  test('meets the state of that moment', async () => {
    graph.setFaults([{ times: 1, fault: { kind: 'late', ms: 600_000, answer: 'reset' } }]);
    await add(ann).catch(() => {});
    await call('DELETE', '/g');
    expect(graph.landNow()).toBe(1);
    expect(graph.groups()).toEqual([]);
    expect(graph.counters().writes).toEqual({ 'delete-group': 1 });
  });

  test('lands by itself, and never after a reset', async () => {
    const late = (ms: number) =>
      graph.setFaults([{ times: 1, fault: { kind: 'late', ms, answer: 'reset' } }]);
    late(20);
    await add(ann).catch(() => {});
    await expect.poll(members).toEqual([ann]);
    late(600_000);
    await add(team).catch(() => {});
    graph.reset();
    expect(graph.landNow()).toBe(0);
  });
});
