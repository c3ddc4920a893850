import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { document } from '../integration/cli/run-cli.ts';
import { until } from '../support/until.ts';
import { type DeclaredClient, freshId, startDeclaredClient, users } from './declared-client.ts';
import { type Operator, startOperator } from './doctor-cli.ts';

interface Step {
  readonly id: string;
  readonly status: string;
  readonly seen: string;
}

describe('what the person on call is told', () => {
  let client: DeclaredClient;
  let operator: Operator;
  beforeAll(async () => {
    client = await startDeclaredClient();
    operator = await startOperator(client.stack);
  });
  afterAll(async () => {
    await operator.close();
    await client.close();
  });
  afterEach(() => {
    client.stack.graph.setFaults([]);
    client.stack.graph.denyRole(false);
  });

  const explain = async (id: string) => {
    const result = await operator.run('groups', 'explain', id, '--connection', 'contosohr', '--json');
    const { steps } = document(result) as { readonly steps: readonly Step[] };
    return { code: result.code, steps: new Map(steps.map((step) => [step.id, step])) };
  };

  it('explains a group that is in Graph, as the local Graph shows it', async () => {
    const id = freshId();
    await client.ask('PUT', `/${id}`, { displayName: 'Day shift' });
    const { code, steps } = await explain(id);
    expect(code).toBe(0);
    expect(steps.get('graph-connection')?.status).toBe('passed');
    expect(steps.get('graph-group')).toMatchObject({
      status: 'passed',
      seen: expect.stringContaining('Day shift'),
    });
  });

  it('explains that a group does not exist which is known by its members alone', async () => {
    const id = freshId();
    await client.ask('PUT', `/${id}/members`, { members: users(2) }, { prefer: 'respond-async' });
    const { code, steps } = await explain(id);
    expect(code).toBe(1);
    expect(steps.get('graph-group')).toMatchObject({
      status: 'failed',
      seen: 'Graph has no such group. Nobody has declared it, only its members.',
    });
    expect(steps.get('record')?.seen).toContain('Nobody has declared the group itself');
    expect(steps.get('group')?.status).not.toBe('passed');
  });

  it('finds out that Graph denies every write, without EXTERNAL_CONNECTIONS', async () => {
    const [declared, created] = [freshId(), freshId()];
    await client.ask('PUT', `/${declared}`, { displayName: 'Day shift' });
    expect((await operator.doctor()).get('connection-writable:contosohr')?.status).toBe('passed');
    client.stack.graph.denyRole(true);
    await client.ask('PUT', `/${declared}`, { displayName: 'Night shift' });
    await client.post({ id: created }, { headers: { prefer: 'respond-async' } });
    await client.record(declared, 'failed');
    const checks = await until(async () => {
      const found = await operator.doctor();
      return found.get('waiting-creations')?.status === 'failed' && found;
    });
    expect(checks.get('connections')).toMatchObject({
      status: 'passed',
      seen: expect.stringContaining('they name contosohr'),
    });
    expect(checks.get('connection-writable:contosohr')).toMatchObject({
      status: 'failed',
      seen: expect.stringContaining('403'),
    });
    expect(checks.get('declared-groups')).toMatchObject({
      status: 'failed',
      seen: expect.stringMatching(/^1 failed \(1 graph-access-denied\)/),
      fix: expect.stringContaining(`external-groups groups explain ${declared} --connection contosohr`),
    });
    expect(checks.get('waiting-creations')).toMatchObject({
      seen: expect.stringMatching(/^1 \(1 denied\), the oldest for 0 min$/),
    });
  });

  it('asks about a connection that nobody knows, and forgets what was recorded for it', async () => {
    await operator.write('typo.ndjson', '{"id":"day","members":[]}');
    const apply = (...args: string[]) =>
      operator.run('groups', 'apply', 'typo.ndjson', '--connection', 'contosotypo', '--wait', '0', ...args);
    const asked = await apply();
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain('Neither the ledger nor Graph knows the connection contosotypo');
    expect((await operator.run('find', 'contosotypo/day')).code).toBe(1);
    await apply('--new-connection');
    const { code, stdout } = await until(async () => {
      const done = await operator.run('groups', 'forget', 'day', '--connection', 'contosotypo', '--yes');
      return done.stdout.includes(': forgotten.') && done;
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'contosotypo/day: forgotten.\n' });
    expect((await operator.doctor()).has('connection-writable:contosotypo')).toBe(false);
  });
});
