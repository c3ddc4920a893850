import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { ConnectionsInUse } from '../../../src/diagnostics/connections-in-use.ts';
import { defineChecks } from '../../../src/diagnostics/diagnose.ts';
import type { GraphProbe } from '../../../src/graph/probe.ts';
import { readSettings } from '../../../src/settings/settings.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import { ledgerTable, operationsTable, queues, tables } from '../../../src/storage/stores.ts';

const nobody = () => Promise.reject(new Error('nobody is asked'));
const graph: GraphProbe = {
  claims: nobody,
  readConnection: nobody,
  readUsers: nobody,
  readNoGroup: nobody,
  createNoGroup: nobody,
};

function define(environment: Record<string, string> = {}, inUse: ConnectionsInUse | null = null) {
  const ports = {
    runtime: {
      settings: readSettings(environment),
      variables: [],
      sources: [],
      nodeVersion: 'v22.0.0',
      hostVersion: null,
    },
    storage: { probe: null, access: { identity: null, account: '' }, stores: { queues, tables }, work: null },
    graph,
    telemetry: { probe: null, withIdentity: false },
    clock: systemClock,
  };
  return defineChecks(ports, inUse);
}

describe('the checks', () => {
  it('have ids of their own, and need only what stands before them', () => {
    const checks = define({ EXTERNAL_CONNECTIONS: 'contosohr,sapHr' });
    const seen = new Set<string>();
    for (const { id, needs = [] } of checks) {
      expect(seen.has(id)).toBe(false);
      for (const need of needs) expect([id, need, seen.has(need)]).toEqual([id, need, true]);
      seen.add(id);
    }
  });

  it('are all in docs/cli.md', async () => {
    const page = await readFile('docs/cli.md', 'utf8');
    const ids = define({ EXTERNAL_CONNECTIONS: 'contosohr' }).map(({ id }) => id.replace(/:.*/, ':<id>'));
    for (const id of [...ids, 'app', 'diagnostics', 'role-assigned', 'azure-role:<name>'])
      expect(page).toContain(`\`${id}\``);
  });

  it('look at every queue and table that the app has', () => {
    expect(new Set(queues.map(({ name }) => name))).toEqual(new Set(Object.values(queueNames)));
    expect(tables).toEqual(expect.arrayContaining([operationsTable, ledgerTable]));
  });

  it('ask about so many connections, and say which not', async () => {
    const many = Array.from({ length: 30 }, (_, index) => `contoso${index}`).join(',');
    const known = define({ EXTERNAL_CONNECTIONS: many }).filter(({ id }) =>
      id.startsWith('connection-known:'),
    );
    expect(known).toHaveLength(20);
    const rest = define({ EXTERNAL_CONNECTIONS: many }).find(({ id }) => id === 'connections');
    expect(await rest?.look(new AbortController().signal)).toMatchObject({
      status: 'skipped',
      seen: expect.stringContaining('not contoso20, contoso21'),
    });
  });

  const listOf = (ids: readonly string[], isWhole = true) =>
    define({}, { ids, isWhole }).find(({ id }) => id === 'connections');

  it('ask without a list about the connections that storage names, and say so', async () => {
    const ids = define({}, { ids: ['contosohr', 'sapHr'], isWhole: true }).map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['connection-writable:contosohr', 'connection-known:sapHr']));
    expect(await listOf(['contosohr'])?.look(new AbortController().signal)).toMatchObject({
      status: 'passed',
      seen: expect.stringMatching(/EXTERNAL_CONNECTIONS is not set.*they name contosohr$/),
    });
  });

  it.each([
    [[], true, /they name none; external-groups connection show/],
    [['contosohr'], false, /they name contosohr; not all of that could be read/],
  ] as const)('are not content with a list %j that may lack some: whole %s', async (ids, isWhole, seen) => {
    expect(await listOf(ids, isWhole)?.look(new AbortController().signal)).toMatchObject({
      status: 'skipped',
      seen: expect.stringMatching(seen),
    });
  });
});
