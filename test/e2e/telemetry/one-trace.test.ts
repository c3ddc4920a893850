import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linksOf, operationOf, propertiesOf, traceTree } from '../../../local/watch/trace-tree.ts';
import { openStorage } from '../../support/storage.ts';
import { until } from '../../support/until.ts';
import { type Client, example, startClient } from '../client.ts';
import { eventNames, received } from './received.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
const run = promisify(execFile);

let client: Client;
beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.close());

describe('a delivery that Graph throttles twice', () => {
  let got: ReturnType<typeof received>;
  let operationId: unknown;
  beforeAll(async () => {
    const { stack } = client;
    stack.graph.setFaults([
      { match: { method: 'POST' }, times: 2, fault: { kind: 'throttle', retryAfter: '0.5' } },
    ]);
    const accepted = await client.post(example, { headers: { traceparent, tracestate: 'vendor=value' } });
    operationId = accepted.body.id;
    expect(await client.settled(operationId)).toMatchObject({ status: 'succeeded', attempts: 3 });
    await stack.host?.stop();
    got = received(stack);
  });

  it('tells what became of it, once', () => {
    expect(eventNames(got.events)).toEqual([
      'ExternalGroupDeferred',
      'ExternalGroupPostponed',
      'ExternalGroupCreated',
    ]);
    const common = { connectionId: 'contosohr', groupId: example.id, operationId };
    const refused = {
      graphStatus: '429',
      graphCode: expect.any(String),
      graphRequestId: expect.any(String),
      reason: 'throttled',
    };
    expect(got.events.map(propertiesOf)).toEqual([
      { ...common, ...refused, source: 'http', attempts: '1' },
      { ...common, ...refused, source: 'queue', attempts: '2' },
      { ...common, source: 'queue', attempts: '3' },
    ]);
    expect(client.stack.telemetry.refusals()).toEqual([]);
  });

  it('shows every call of Graph as a dependency, with the id that Graph was given', () => {
    const calls = client.stack.graph.calls();
    expect(got.graphCalls.map(({ data }) => data.baseData)).toEqual(
      calls.map(({ method, path, status, traceparent: given }) =>
        expect.objectContaining({
          id: given?.split('-')[2],
          name: `${method} ${path}`,
          data: `${client.stack.graph.url}${path}`,
          target: 'localhost',
          resultCode: String(status),
          success: status === 201,
          duration: expect.stringMatching(/^00:00:00\.\d+$/),
        }),
      ),
    );
    expect(calls.map(({ traceparent: given }) => given?.split('-')[1])).toEqual([traceId, traceId, traceId]);
  });

  it('is one trace and one tree: the work on a message stands below the delivery', () => {
    for (const item of got.items.filter(({ data }) => data.baseType !== 'MetricData'))
      expect(operationOf(item).id, JSON.stringify(item)).toBe(traceId);
    const roots = traceTree(got.items, traceId);
    expect(roots.map(({ item }) => item)).toEqual([null]);
    const shape = roots.flatMap(({ children }) =>
      children.map(({ item, children: below }) => [item?.data.baseData.name, below.length]),
    );
    expect(shape).toEqual([
      ['POST /v1.0/external/connections/contosohr/groups', 0],
      ['ExternalGroupDeferred', 0],
      ['create-deferred-group', 2],
      ['create-deferred-group', 2],
    ]);
    expect(got.work.map((item) => propertiesOf(item).result)).toEqual(['postponed', 'done']);
    expect(got.work.flatMap(linksOf)).toEqual([
      { operation_Id: expect.not.stringContaining(traceId), id: expect.stringMatching(/^[0-9a-f]{16}$/) },
      { operation_Id: expect.not.stringContaining(traceId), id: expect.stringMatching(/^[0-9a-f]{16}$/) },
    ]);
  });

  it('is printed as a tree by the trace tool', async () => {
    const { stdout } = await run(process.execPath, [
      '--disable-warning=ExperimentalWarning',
      'local/trace.ts',
      traceparent,
      '--control',
      client.stack.control.url,
    ]);
    expect(stdout.replaceAll(/\d+\.\d ms|\+ *\d+ ms|[0-9a-f]{16,32}/g, '#')).toBe(
      [
        'trace #',
        "span #: the host's request, which the host itself sends",
        '├─ #  POST /v1.0/external/connections/contosohr/groups  429  #',
        `├─ #  ExternalGroupDeferred  contosohr/#  (attempts 1, throttled)`,
        '├─ #  create-deferred-group  postponed  #  linked to #',
        '│  ├─ #  POST /v1.0/external/connections/contosohr/groups  429  #',
        '│  └─ #  ExternalGroupPostponed  contosohr/#  (attempts 2, throttled)',
        '└─ #  create-deferred-group  done  #  linked to #',
        '   ├─ #  POST /v1.0/external/connections/contosohr/groups  201  #',
        '   └─ #  ExternalGroupCreated  contosohr/#  (attempts 3)',
        '',
      ].join('\n'),
    );
  });

  it('is counted in the metrics, in dimensions of few values', () => {
    const of = (name: string) => got.metrics.filter((metric) => metric.name === name);
    expect(of('externalGroups.create.duration').map(({ count, dimensions }) => [count, dimensions])).toEqual(
      expect.arrayContaining([
        [1, { source: 'http', outcome: 'throttled' }],
        [1, { source: 'queue', outcome: 'throttled' }],
        [1, { source: 'queue', outcome: 'created' }],
      ]),
    );
    expect(of('externalGroups.graph.throttled').map(({ value }) => value)).toEqual([2]);
    expect(of('externalGroups.queue.age')).toMatchObject([{ count: 2 }]);
    expect(of('externalGroups.deadLetters')).toEqual([]);
  });

  it('leaves requests and logs to the host, and storage out of it', () => {
    expect(new Set(got.items.map(({ data }) => data.baseType))).toEqual(
      new Set(['RemoteDependencyData', 'EventData', 'MetricData']),
    );
    expect(got.dependencies).toHaveLength(got.graphCalls.length + got.work.length);
  });
});

describe('a message that comes from elsewhere', () => {
  beforeAll(async () => {
    client.stack.telemetry.reset();
    await client.stack.startHost();
  });

  it('has the trace of the host if it brings none, and one that cannot be read is reported as a dead letter', async () => {
    const { stack } = client;
    const queues = openStorage(stack.azurite.connectionString);
    await queues.sendJson({ connectionId: 'contosohr', group: { ...example, id: 'elsewhere' } });
    await queues.sendJson({ connectionId: 'contosohr', group: { ...example, id: 'other' }, unknown: true });
    await until(async () => (await queues.count('deadLetters')) === 1);
    await until(async () => (await queues.count('work')) === 0);
    await stack.host?.stop();
    const got = received(stack);
    expect(eventNames(got.events).sort()).toEqual(['ExternalGroupCreated', 'ExternalGroupDeadLettered']);
    for (const event of got.events) {
      const { id = '', parentId } = operationOf(event);
      expect(parentId).not.toBeNull();
      expect(traceTree(got.items, id ?? '')).toMatchObject([{ item: null, children: [{ id: parentId }] }]);
    }
    expect(got.work.flatMap(linksOf)).toEqual([]);
    const letter = got.events.find(({ data }) => data.baseData.name === 'ExternalGroupDeadLettered');
    expect(letter === undefined ? null : propertiesOf(letter)).toMatchObject({
      code: 'validation-failed',
      connectionId: 'contosohr',
      groupId: 'other',
      operationId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    const metric = got.metrics.filter(({ name }) => name === 'externalGroups.deadLetters');
    expect(metric).toMatchObject([{ value: 1, dimensions: { code: 'validation-failed' } }]);
  });
});
