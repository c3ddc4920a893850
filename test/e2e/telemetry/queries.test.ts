import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstUsers } from '../../../local/stand-ins/graph/directory/user-store.ts';
import { groupsRole } from '../../../local/stand-ins/identity/token-issuer.ts';
import type { TelemetryItem } from '../../../local/stand-ins/telemetry/check-item.ts';
import { propertiesOf } from '../../../local/watch/trace-tree.ts';
import { readQueries } from '../../../scripts/monitoring.ts';
import { measuredQueues } from '../../../src/storage/queue-depth.ts';
import { openStorage } from '../../support/storage.ts';
import { until } from '../../support/until.ts';
import { type Client, example, startClient } from '../client.ts';
import { analyseQuery, type Tables } from './kusto.ts';
import { received } from './received.ts';

/**
 * Where Application Insights stores what it receives: a query may use a column only if the received items fill it
 * (learn.microsoft.com: Application Insights telemetry data model).
 */
const envelope = {
  time: ['timestamp', 'datetime'],
  'tags.ai.operation.id': ['operation_Id', 'string'],
  'tags.ai.operation.parentId': ['operation_ParentId', 'string'],
  'tags.ai.cloud.role': ['cloud_RoleName', 'string'],
  'data.baseData.properties': ['customDimensions', 'dynamic'],
} as const;
const tableOf = {
  EventData: { table: 'customEvents', columns: { name: ['name', 'string'] } },
  RemoteDependencyData: {
    table: 'dependencies',
    columns: {
      id: ['id', 'string'],
      name: ['name', 'string'],
      type: ['type', 'string'],
      target: ['target', 'string'],
      data: ['data', 'string'],
      resultCode: ['resultCode', 'string'],
      success: ['success', 'string'],
      duration: ['duration', 'real'],
    },
  },
  MetricData: {
    table: 'customMetrics',
    columns: {
      'metrics.0.name': ['name', 'string'],
      'metrics.0.value': ['valueSum', 'real'],
      'metrics.0.count': ['valueCount', 'int'],
      'metrics.0.min': ['valueMin', 'real'],
      'metrics.0.max': ['valueMax', 'real'],
    },
  },
} as const;

/** What the host fills, as far as queries use it. */
const host = {
  timestamp: 'datetime',
  operation_Id: 'string',
  operation_ParentId: 'string',
  customDimensions: 'dynamic',
};
const hostTables: Tables = {
  requests: {
    ...host,
    id: 'string',
    name: 'string',
    operation_Name: 'string',
    resultCode: 'string',
    success: 'string',
    duration: 'real',
    itemType: 'string',
  },
  traces: { ...host, message: 'string', itemType: 'string' },
  exceptions: { ...host, innermostType: 'string', itemType: 'string' },
};

function tablesOf(items: readonly TelemetryItem[]): Tables {
  const tables: Record<string, Record<string, string>> = {};
  for (const [baseType, { table, columns }] of Object.entries(tableOf)) {
    const ofType = items.filter(({ data }) => data.baseType === baseType);
    const filled = (path: string) => ofType.some((item) => at(item, path) !== undefined);
    const all = [
      ...Object.entries(envelope),
      ...Object.entries(columns).map(([path, column]) => [`data.baseData.${path}`, column] as const),
    ];
    const known = all.filter(([path]) => filled(path)).map(([, [name, type]]) => [name, type]);
    tables[table] = { ...Object.fromEntries(known), itemType: 'string' };
  }
  return { ...tables, ...hostTables };
}

/** Reads `data.baseData.name`; the name of a tag contains dots. */
function at(item: unknown, path: string): unknown {
  if (path.startsWith('tags.')) return (item as TelemetryItem).tags?.[path.slice('tags.'.length)];
  return path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], item);
}

describe('the queries of the operators', async () => {
  const queries = await readQueries();
  let client: Client;
  let items: readonly TelemetryItem[];
  let tables: Tables;
  beforeAll(async () => {
    client = await startClient({
      env: {
        OTEL_METRIC_EXPORT_INTERVAL: '500',
        MEMBER_NAMES: 'mail',
        SOURCE_OKTA_SECRETS: 'okta',
        SOURCE_OKTA_CONNECTION: 'contosohr',
      },
      tokens: { roles: [groupsRole, 'User.ReadBasic.All'] },
    });
    const { stack } = client;
    const queues = openStorage(stack.azurite.connectionString);
    stack.graph.setFaults([
      { match: { method: 'POST' }, times: 2, fault: { kind: 'throttle', retryAfter: '0.2' } },
    ]);
    const accepted = await client.post(example);
    await client.settled(accepted.body.id);
    await queues.sendJson({ connectionId: 'contosohr', group: { ...example, displayName: 'Another' } });
    await until(async () => (await queues.count('deadLetters')) === 1);
    const path = `${stack.host?.url}/api/connections/contosohr/groups/declared`;
    const headers = { 'x-functions-key': stack.functionKey, 'content-type': 'application/json' };
    const declare = (under: string, body: object) =>
      fetch(`${path}${under}`, { method: 'PUT', headers, body: JSON.stringify(body) });
    await declare('', {});
    await declare('/members', { members: [{ type: 'user', id: '00000000-0000-4000-8000-000000000001' }] });
    await declare('/members', { members: [{ type: 'user', mail: 'ann@contoso.com' }] });
    // The address goes to somebody else.
    const [ann, bo] = firstUsers;
    stack.graph.users.set([
      { ...ann, mail: 'ann.lee@contoso.com' },
      { ...bo, mail: 'ann@contoso.com' },
    ] as typeof firstUsers);
    await declare('/members', { members: [{ type: 'user', mail: 'ann@contoso.com' }] });
    await fetch(`${stack.host?.url}/api/sources/okta`, {
      method: 'POST',
      headers: { ...headers, authorization: 'okta' },
      body: JSON.stringify({ data: { events: [{ eventType: 'user.session.start' }] } }),
    });
    const refusal = { kind: 'status', status: 400, body: 'odata', code: 'InvalidRequest' } as const;
    stack.graph.setFaults([{ match: { operation: 'update-group' }, times: 1, fault: refusal }]);
    await declare('', { displayName: 'Refused' });
    const throttle = { kind: 'throttle', retryAfter: '1' } as const;
    stack.graph.setFaults([{ match: { operation: 'update-group' }, times: 1, fault: throttle }]);
    await declare('', { displayName: 'Throttled' });
    const change = { connectionId: 'contosohr', groupId: 'twice', sequence: 1, group: {} };
    await queues.sendJson(change, 'changes');
    await queues.sendJson(change, 'changes');
    // Timers measure the queues, once a minute, and the groups, once an hour.
    await stack.runFunction('maintain-queues');
    await stack.runFunction('look-after-groups');
    const awaited = [
      'externalGroups.queue.depth',
      'externalGroups.groups',
      'externalGroups.change.age',
      'externalGroups.changes.superseded',
      'externalGroups.sources.ignored',
    ];
    const measured = () => {
      const names = new Set(received(stack).metrics.map(({ name }) => name));
      return awaited.every((name) => names.has(name)) ? true : null;
    };
    await until(() => measured());
    await stack.host?.stop();
    ({ items } = received(stack));
    tables = tablesOf(items);
  });
  afterAll(() => client.close());

  it.each(queries)(
    '$name: every column is one that Application Insights has of what was received',
    ({ text }) => {
      expect(analyseQuery(text, tables)).toEqual([]);
    },
  );

  it.each(queries)('$name: every dimension, event and metric is one that was received', ({ text }) => {
    const dimensions = new Set(items.flatMap((item) => Object.keys(propertiesOf(item))));
    const names = new Set<unknown>([
      ...received(client.stack).events.map(({ data }) => data.baseData.name),
      ...received(client.stack).metrics.map(({ name }) => name),
    ]);
    const used = [...text.matchAll(/customDimensions(?:\.(\w+)|\['([^']+)'\])/g)].map(([, a, b]) => a ?? b);
    for (const name of used) expect(dimensions, name).toContain(name);
    for (const [, name] of text.matchAll(/'(ExternalGroup[A-Z]\w+|externalGroups\.[\w.]+)'/g)) {
      expect(names, name).toContain(name);
    }
  });

  it('have a gauge of the queues to read', () => {
    const depths = received(client.stack)
      .metrics.filter(({ name }) => name === 'externalGroups.queue.depth')
      .map(({ dimensions }) => dimensions.queue);
    expect(new Set(depths)).toEqual(new Set(Object.keys(measuredQueues)));
  });

  it('would tell a query that is wrong', () => {
    expect(analyseQuery('customEvents | where nam == 1', tables)).toHaveLength(1);
    expect(analyseQuery('customEvents | summarise count()', tables)).not.toEqual([]);
    expect(analyseQuery('customMetrics | project valueStdDev', tables)).toHaveLength(1);
  });

  it('are in the workbook with the time and the group that one chooses there', async () => {
    const { items: tiles } = JSON.parse(await readFile('infra/monitoring/workbook.json', 'utf8')) as {
      items: { type: number; content: { query: string } }[];
    };
    const shown = tiles.filter(({ type }) => type === 3).map(({ content }) => content.query);
    expect(shown.length).toBeGreaterThan(8);
    for (const query of shown) {
      expect(query).toMatch(/timestamp \{TimeRange\}/);
      expect(query).not.toMatch(/ago\(/);
      const chosen = query
        .replaceAll('{TimeRange}', '> ago(1d)')
        .replaceAll(/\{(?:Connection|Group)\}/g, 'x');
      expect(analyseQuery(chosen, tables)).toEqual([]);
    }
  });

  it('of the alerts are those that the Bicep reads, each with the column that it measures', async () => {
    const bicep = await readFile('infra/monitoring/monitoring.bicep', 'utf8');
    const rules = [
      ...bicep.matchAll(/queries\/([\w-]+)\.kql'\)\n\s+measure: '(\w+)'\n\s+dimensions: \[(?:'(\w+)')?\]/g),
    ];
    expect(rules.map(([, name]) => name).sort()).toEqual(
      queries.map(({ name }) => name).filter((name) => name.startsWith('alert-')),
    );
    for (const [, name, measure, dimension] of rules) {
      const text = queries.find((query) => query.name === name)?.text ?? '';
      const columns = [measure, dimension].filter((column) => column !== undefined);
      expect(analyseQuery(`${text}\n| project ${columns.join(', ')}`, tables), name).toEqual([]);
    }
  });
});
