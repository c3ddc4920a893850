import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStorage } from '../support/storage.ts';
import { until } from '../support/until.ts';
import { type DeclaredClient, startDeclaredClient, user } from './declared-client.ts';
import { type Operator, startOperator } from './doctor-cli.ts';

interface Row {
  readonly symptom: string;
  readonly command: readonly string[];
  readonly says: string;
}

/** The rows of the table that docs/operations.md begins with. */
async function readRows(): Promise<Row[]> {
  const page = await readFile('docs/operations.md', 'utf8');
  const [, table = ''] = /<!-- night -->([\s\S]*?)<!-- \/night -->/.exec(page) ?? [];
  const lines = table.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| ---'));
  return lines.slice(1).map((line) => {
    const [symptom = '', command = '', says = ''] = line.slice(2).split(' | ');
    const bare = (cell: string) => cell.replaceAll('`', '');
    return { symptom, command: bare(command).split(' ').slice(2), says: bare(says) };
  });
}

describe('what to do at three in the morning', async () => {
  let client: DeclaredClient;
  let operator: Operator;
  beforeAll(async () => {
    client = await startDeclaredClient({ ownStorage: true });
    operator = await startOperator(client.stack);
  });
  afterAll(async () => {
    await operator.close();
    await client.close();
  });

  /** Brings the stack into the state of a row. */
  const scenes: Readonly<Record<string, () => Promise<unknown>>> = {
    'You do not know where to begin': async () => undefined,
    'A group does not arrive in Graph': async () => {
      await client.post({ id: 'dayshift' }, { headers: { prefer: 'respond-async' } });
    },
    'A declared group is `failed`': async () => {
      const fault = { kind: 'status', status: 400, body: 'odata', code: 'InvalidRequest' } as const;
      client.stack.graph.setFaults([{ match: { operation: 'create-group' }, fault }]);
      await client.ask('PUT', '/nightshift', {});
      client.stack.graph.setFaults([]);
    },
    'Somebody has no access, or still has it': async () => {
      await client.ask('PUT', '/plant7', {});
      const fault = { kind: 'status', status: 400, body: 'odata', code: 'InvalidRequest' } as const;
      client.stack.graph.setFaults([{ match: { operation: 'add-member' }, fault }]);
      await client.ask('PUT', '/plant7/members', { members: [user(1)] });
      client.stack.graph.setFaults([]);
    },
    'Callers get `202`, and groups stay `applying`': async () => {
      const { graph, host, functionKey } = client.stack;
      const id = 'contosocrm';
      graph.putConnection({ id, name: id, description: null, ownerAppId: null, authorizedAppIds: [] });
      graph.setFaults([{ match: { connectionId: id }, fault: { kind: 'throttle', retryAfter: '3600' } }]);
      const answer = await fetch(`${host?.url}/api/connections/${id}/groups/day`, {
        method: 'PUT',
        headers: { 'x-functions-key': functionKey, 'content-type': 'application/json' },
        body: '{}',
      });
      expect(answer.status).toBe(202);
      graph.setFaults([]);
    },
    'Callers get `502` `graph-access-denied`': async () => {
      client.stack.graph.denyRole(true);
      const { status } = await client.post({ id: 'lateshift' });
      expect(status).toBe(502);
    },
    'The alert on dead letters fires': async () => {
      client.stack.graph.denyRole(false);
      const storage = openStorage(client.stack.azurite.connectionString);
      await storage.sendJson({ connectionId: 'contosohr', group: { id: 'bad one' } });
      await until(async () => (await storage.deadLetters()).length > 0);
    },
    'Groups belong to a connection that does not exist': async () => {
      await operator.write('typo.ndjson', '{"id":"day"}');
      const args = ['groups', 'apply', 'typo.ndjson', '--connection', 'contosotypo', '--new-connection'];
      await operator.run(...args);
    },
    'Callers get `503` `deferral-unavailable`': async () => {
      await client.stack.azurite.close();
      const { status } = await client.post({ id: 'other' }, { headers: { prefer: 'respond-async' } });
      expect(status).toBe(503);
    },
    'Nothing answers, and no work is done': async () => {
      await client.stack.host?.stop();
    },
  };

  const rows = await readRows();

  it('is known for as many situations as the page has', () => {
    expect(rows.map(({ symptom }) => symptom)).toEqual(Object.keys(scenes));
  });

  it.each(rows)('is as the page says: $symptom', async ({ symptom, command, says }) => {
    await scenes[symptom]?.();
    const { stdout, stderr } = await operator.run(...command);
    expect(stdout + stderr).toContain(says);
  });
});
