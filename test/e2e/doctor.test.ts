import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { GraphFault } from '../../local/stand-ins/graph/faults.ts';
import type { IdentityFault } from '../../local/stand-ins/identity/identity-endpoint.ts';
import type { TelemetryFault } from '../../local/stand-ins/telemetry/telemetry-sink.ts';
import type { Check } from '../../src/diagnostics/check.ts';
import { openStorage } from '../support/storage.ts';
import { until } from '../support/until.ts';
import { type Client, startClient } from './client.ts';
import { type Operator, startOperator } from './doctor-cli.ts';

const failing = (checks: ReadonlyMap<string, Check>) =>
  [...checks.values()].filter(({ status }) => status === 'failed').map(({ id }) => id);

describe('the doctor of a running stack', () => {
  let client: Client;
  let operator: Operator;
  beforeAll(async () => {
    client = await startClient({ env: { EXTERNAL_CONNECTIONS: 'contosohr,nowhere1,indexer1' } });
    const { graph } = client.stack;
    for (const id of ['nowhere1', 'indexer1'])
      graph.putConnection({
        id,
        name: id,
        description: null,
        ownerAppId: id === 'indexer1' ? 'indexer-app' : null,
        authorizedAppIds: [],
      });
    operator = await startOperator(client.stack);
  });
  afterAll(async () => {
    await operator.close();
    await client.close();
  });
  afterEach(() => {
    client.stack.graph.setFaults([]);
    client.stack.telemetry.setFault(undefined);
  });

  it('finds nothing once the owner of a connection has let the identity in', async () => {
    const before = await operator.doctor();
    expect(failing(before)).toEqual(['connection-known:indexer1', 'connection-writable:indexer1']);
    const { clientId } = client.stack.tokens.identity;
    const fix = `external-groups connection authorize indexer1 --identity ${clientId}`;
    expect(before.get('connection-writable:indexer1')).toMatchObject({
      seen: expect.stringContaining('403'),
      fix: expect.stringContaining(fix),
    });
    const [, ...command] = `${fix} --local`.split(' ');
    expect(await operator.run(...command)).toMatchObject({ code: 0 });
    expect(await operator.run(...command)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Nothing to do'),
    });

    const after = await operator.run('doctor');
    expect(after).toMatchObject({ code: 0, stderr: '' });
    expect(after.stdout).toMatch(/passed +Connection indexer1: writing groups/);
    expect(after.stdout).toMatch(/\d+ passed, 0 failed, 6 skipped\.\n$/);
  });

  it('leaves no group, message or entity behind, and shows no secret', async () => {
    const { stdout, stderr } = await operator.run('doctor', '--json');
    const said = stdout + stderr;
    expect(client.stack.graph.groups()).toEqual([]);
    for (const secret of [
      client.stack.masterKey,
      client.stack.functionKey,
      client.stack.operatorToken,
      client.stack.identity.header,
      /AccountKey=([^;]+)/.exec(client.stack.azurite.connectionString)?.[1] ?? '?',
      /InstrumentationKey=([^;]+)/.exec(client.stack.telemetry.connectionString)?.[1] ?? '?',
    ])
      expect(said).not.toContain(secret);
    expect(said).not.toContain('eyJ');
  });

  /** The app's own diagnostics, without the operator's part. */
  async function diagnose(): Promise<ReadonlyMap<string, Check>> {
    const { body } = await client.get('/api/diagnostics', { 'x-functions-key': client.stack.masterKey });
    return new Map((body.checks as Check[]).map((check) => [check.id, check]));
  }

  it.each<[string, GraphFault, RegExp, RegExp]>([
    ['throttles', { kind: 'throttle', retryAfter: '9' }, /429/, /throttles/],
    ['is down', { kind: 'status', status: 503 }, /503/, /service health/],
    ['is silent', { kind: 'hang' }, /no answer within/, /Check that the app can reach Graph/],
    [
      'cuts the connection',
      { kind: 'reset' },
      /no (?:answer|connection)/,
      /Check that the app can reach Graph/,
    ],
    [
      'sends elsewhere',
      { kind: 'redirect', location: 'https://localhost:1/' },
      /302/,
      /Check that the app can reach Graph/,
    ],
    [
      'answers with a page',
      { kind: 'status', status: 200, body: 'html' },
      /200/,
      /Check that the app can reach Graph/,
    ],
    [
      'knows no such connection',
      { kind: 'status', status: 404 },
      /no such connection/,
      /connection create contosohr/,
    ],
    ['takes no such token', { kind: 'status', status: 401 }, /401/, /connection authorize contosohr/],
  ])('says so if Graph %s', async (_what, fault, seen, fix) => {
    client.stack.graph.setFaults([{ match: { connectionId: 'contosohr' }, fault }]);
    const checks = await diagnose();
    expect(checks.get('connection-writable:contosohr')).toMatchObject({
      status: 'failed',
      seen: expect.stringMatching(seen),
      fix: expect.stringMatching(fix),
    });
    expect(checks.get('connection-writable:nowhere1')?.status).toBe('passed');
  });

  it.each<[string, TelemetryFault, RegExp, RegExp]>([
    ['refuses the identity', { kind: 'refuse', status: 401 }, /401/, /Monitoring Metrics Publisher/],
    ['is full for today', { kind: 'refuse', status: 439 }, /439/, /daily cap/],
    ['knows no such key', { kind: 'refuse', status: 400 }, /400/, /APPLICATIONINSIGHTS_CONNECTION_STRING/],
    ['is down', { kind: 'refuse', status: 503 }, /503/, /outbound rules/],
    ['is silent', { kind: 'hang' }, /no answer within/, /outbound rules/],
    ['cuts the connection', { kind: 'reset' }, /no (?:answer|connection)/, /outbound rules/],
  ])('says so if the intake of telemetry %s', async (_what, fault, seen, fix) => {
    client.stack.telemetry.setFault(fault);
    expect((await diagnose()).get('telemetry')).toMatchObject({
      status: 'failed',
      seen: expect.stringMatching(seen),
      fix: expect.stringMatching(fix),
    });
  });

  it('counts dead letters and says how to redrive them', async () => {
    const storage = openStorage(client.stack.azurite.connectionString);
    await storage.sendJson({ any: 'letter' }, 'deadLetters');
    expect((await operator.doctor()).get('dead-letters')).toMatchObject({
      status: 'failed',
      seen: 'about 1 on external-group-creations-deadletter',
      fix: expect.stringContaining('external-groups dead-letters redrive'),
    });
    await storage.clear();
  });

  it('cannot be accessed with a function key', async () => {
    expect((await client.get('/api/diagnostics')).status).toBe(401);
    expect((await client.get('/api/diagnostics', {})).status).toBe(401);
  });

  it('lets callers that come together share one run', async () => {
    const { masterKey, graph } = client.stack;
    graph.setFaults([{ match: { method: 'POST' }, fault: { kind: 'slow', ms: 1_000 } }]);
    const before = graph.calls().length;
    const ask = () => client.get('/api/diagnostics', { 'x-functions-key': masterKey });
    const replies = await Promise.all([ask(), ask(), ask()]);
    const [first, ...others] = replies.map(({ body }) => JSON.stringify(body));
    expect(others).toEqual([first, first]);
    const posts = graph
      .calls()
      .slice(before)
      .filter(({ method }) => method === 'POST');
    expect(posts).toHaveLength(3);
  });
});

describe('the doctor of an app whose identity lacks the role', () => {
  let client: Client;
  let operator: Operator;
  beforeAll(async () => {
    client = await startClient({ env: { EXTERNAL_CONNECTIONS: 'contosohr' }, tokens: { roles: [] } });
    operator = await startOperator(client.stack);
  });
  afterAll(async () => {
    await operator.close();
    await client.close();
  });

  it('says how to grant it, says that it is not effective yet, and passes in the end', async () => {
    const { objectId } = client.stack.tokens.identity;
    const lacking = await operator.doctor();
    expect(failing(lacking)).toEqual(['token-role', 'connection-known:contosohr', 'role-assigned']);
    expect(lacking.get('connection-writable:contosohr')).toMatchObject({ status: 'skipped' });
    const { fix } = lacking.get('role-assigned') ?? {};
    expect(fix).toBe(`external-groups grant --identity ${objectId} --local`);
    expect(lacking.get('token-role')?.fix).toContain(`external-groups grant --identity ${objectId}`);
    // A token says when it was issued in whole seconds: the grant must come in a later one.
    const second = Math.floor(Date.now() / 1000);
    await until(() => Math.floor(Date.now() / 1000) > second);

    const [, ...command] = fix?.split(' ') ?? [];
    expect(await operator.run(...command, '--dry-run')).toMatchObject({ code: 0 });
    client.stack.graph.setFaults([
      {
        match: { method: 'POST', path: '/v1.0/servicePrincipals' },
        times: 1,
        fault: { kind: 'status', status: 404, code: 'Request_ResourceNotFound' },
      },
    ]);
    const granted = await operator.run(...command);
    expect(granted).toMatchObject({ code: 0, stdout: expect.stringContaining('Granted') });
    expect(granted.stderr).toContain('trying again in 2 s');
    expect(await operator.run(...command)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing to do'),
    });

    const early = await operator.doctor();
    expect(early.get('role-assigned')).toMatchObject({
      status: 'passed',
      seen: expect.stringMatching(/after the app’s token was issued: it takes effect by 20\d\d-/),
    });
    expect(early.get('token-role')).toMatchObject({
      status: 'failed',
      fix: expect.stringMatching(/wait until 20\d\d-\d\d-\d\dT[\d:]+Z/),
    });

    await client.stack.host?.stop();
    await client.stack.startHost();
    expect(failing(await operator.doctor())).toEqual([]);
  });
});

describe('the doctor of an app in trouble from its start', () => {
  let client: Client;
  let operator: Operator;
  beforeAll(async () => {
    client = await startClient({ functionsHost: false, ownStorage: true });
    operator = await startOperator(client.stack);
  });
  afterAll(async () => {
    await operator.close();
    await client.close();
  });
  afterEach(async () => {
    client.stack.identity.setFault(undefined);
    await client.stack.host?.stop(0);
  });

  it.each<IdentityFault>([
    { kind: 'hang' },
    { kind: 'garbage' },
    { kind: 'empty' },
    { kind: 'reset' },
    { kind: 'status', status: 400 },
    { kind: 'status', status: 500 },
  ])('says that there is no token if the identity endpoint fails (%j)', async (fault) => {
    client.stack.identity.setFault(fault);
    await client.stack.startHost({ EXTERNAL_CONNECTIONS: 'contosohr' });
    const checks = await operator.doctor();
    expect(failing(checks)).toEqual(['token']);
    expect(checks.get('token')?.fix).toMatch(/Assign the system-assigned identity to the function app/);
    for (const id of ['token-role', 'token-age', 'connection-known:contosohr'])
      expect(checks.get(id)).toMatchObject({ status: 'skipped', seen: expect.stringContaining('because') });
    expect(client.stack.graph.calls().filter(({ path }) => path.includes('connections'))).toEqual([]);
  });

  it('says that a setting is misspelt, and which connections it cannot ask about', async () => {
    await client.stack.startHost({ GRAPH_DEADLINES: 'PT1S' });
    const checks = await operator.doctor();
    expect(checks.get('settings')).toMatchObject({
      status: 'failed',
      seen: 'nothing reads the setting GRAPH_DEADLINES',
      fix: expect.stringContaining('GRAPH_DEADLINE,'),
    });
    expect(checks.get('connections')).toMatchObject({ status: 'skipped' });
  });

  it('answers in time while everything hangs', async () => {
    client.stack.identity.setFault({ kind: 'hang' });
    client.stack.telemetry.setFault({ kind: 'hang' });
    await client.stack.startHost({ EXTERNAL_CONNECTIONS: 'contosohr' });
    client.stack.azurite.kill('SIGSTOP');
    try {
      const { status, body } = await client.get('/api/diagnostics', {
        'x-functions-key': client.stack.masterKey,
      });
      const checks = new Map((body.checks as Check[]).map((check) => [check.id, check]));
      expect(status).toBe(200);
      expect(failing(checks)).toEqual(['queue-endpoint', 'table-endpoint', 'token', 'telemetry']);
      expect(checks.get('queue-endpoint')?.fix).toMatch(/firewall|private endpoint/);
    } finally {
      client.stack.azurite.kill('SIGCONT');
    }
  });

  it('says that storage is gone', async () => {
    await client.stack.startHost();
    await client.stack.azurite.close();
    const checks = await operator.doctor();
    expect(checks.get('queue-endpoint')).toMatchObject({
      status: 'failed',
      seen: 'no connection (ECONNREFUSED)',
      fix: expect.stringContaining('AzureWebJobsStorage__queueServiceUri'),
    });
    expect(checks.get('queue-write')).toMatchObject({ status: 'skipped' });
  });

  it('says that there is no app', async () => {
    const checks = await operator.doctor();
    expect(failing(checks)).toEqual(['app']);
    expect(checks.get('app')?.fix).toMatch(/root of the functions app/);
  });
});
