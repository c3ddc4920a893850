import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTelemetry } from '../../../src/telemetry/create-telemetry.ts';
import type { Intake } from '../../../src/telemetry/pump.ts';
import type { Signal, SpanSignal } from '../../../src/telemetry/signal.ts';
import { silentTelemetry, type Telemetry } from '../../../src/telemetry/telemetry.ts';
import { spanIdOf, traceIdOf } from '../../../src/telemetry/trace-context.ts';

const parent = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00', tracestate: 'a=b' };
const host = { traceParent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
const fields = {
  connectionId: 'contosohr',
  groupId: 'g1',
  source: 'http',
  operationId: '',
  attempts: 1,
} as const;

describe('telemetry', () => {
  const recorded: Signal[] = [];
  const lines: string[] = [];
  let loads = 0;
  let sends: { metrics: boolean }[] = [];
  const intake: Intake = {
    record: (signal) => void recorded.push(signal),
    send: async (what) => void sends.push(what),
  };
  const open = (connect: () => Promise<Intake> = async () => intake): Telemetry =>
    createTelemetry({
      connect: () => {
        loads += 1;
        return connect();
      },
      log: (_level, line) => void lines.push(line),
    });
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
    recorded.length = 0;
    lines.length = 0;
    loads = 0;
    sends = [];
  });
  afterEach(() => void vi.useRealTimers());

  it('names no member in the span of a call', async () => {
    const telemetry = open();
    const url = 'https://graph.microsoft.com/v1.0/external/connections/c/groups/g/members';
    const id = '0f8fad5b-d9cb-469f-a165-70867728950e';
    telemetry.graphCall({ method: 'DELETE', url: `${url}/${id}` }, parent).end(204);
    await vi.advanceTimersByTimeAsync(400);
    expect(recorded).toMatchObject([
      {
        name: 'DELETE /v1.0/external/connections/c/groups/g/members/{id}',
        attributes: { 'url.full': `${url}/{id}` },
      },
    ]);
    expect(JSON.stringify(recorded)).not.toContain(id);
  });

  it('marks a call that is made again, and measures it until its own response', async () => {
    const telemetry = open();
    const span = telemetry.graphCall({ method: 'GET', url: 'https://graph.microsoft.com/v1.0/x' }, parent);
    const startedAt = Date.now();
    await vi.advanceTimersByTimeAsync(120);
    span.stop();
    await vi.advanceTimersByTimeAsync(5_000);
    span.end(401, true);
    await vi.advanceTimersByTimeAsync(400);
    expect(recorded).toMatchObject([
      {
        endedAt: startedAt + 120,
        success: false,
        attributes: { 'http.response.status_code': 401, repeated: 'true' },
      },
    ]);
  });

  it('gives Graph the id of the same span that it records, in the trace of the delivery', async () => {
    const telemetry = open();
    const span = telemetry.graphCall(
      { method: 'POST', url: 'https://graph.microsoft.com/v1.0/x?y=z' },
      parent,
    );
    expect(traceIdOf(span.trace)).toBe(traceIdOf(parent));
    expect(spanIdOf(span.trace)).not.toBe(spanIdOf(parent));
    expect(span.trace.tracestate).toBe('a=b');
    const startedAt = Date.now();
    await vi.advanceTimersByTimeAsync(120);
    span.end(503);
    span.end(200);
    await vi.advanceTimersByTimeAsync(400);
    expect(recorded).toEqual([
      {
        kind: 'span',
        role: 'client',
        name: 'POST /v1.0/x',
        trace: span.trace,
        parent,
        link: null,
        startedAt,
        endedAt: startedAt + 120,
        success: false,
        attributes: {
          'http.request.method': 'POST',
          'url.full': 'https://graph.microsoft.com/v1.0/x',
          'server.address': 'graph.microsoft.com',
          'http.response.status_code': 503,
        },
      },
    ]);
  });

  it.each([
    [201, true],
    [302, true],
    [404, false],
    [null, false],
  ])('counts a call that ended with %s as success: %s', async (status, success) => {
    const telemetry = open();
    telemetry.graphCall({ method: 'GET', url: 'https://graph.microsoft.com/' }, parent).end(status);
    await telemetry.flush(1_000);
    expect(recorded).toMatchObject([{ success }]);
  });

  it('makes the work on a message part of its trace, linked to the invocation of the host', async () => {
    const telemetry = open();
    const work = telemetry.queueWork(parent, host, 'create-deferred-group');
    const call = telemetry.graphCall({ method: 'POST', url: 'https://graph.microsoft.com/' }, work.trace);
    telemetry.event('ExternalGroupCreated', fields, work.trace);
    call.end(201);
    work.end('done');
    telemetry
      .queueWork({ traceparent: host.traceParent }, host, 'create-deferred-group')
      .end('dead-lettered');
    telemetry.queueWork(parent, undefined, 'create-deferred-group').end('failed');
    await telemetry.flush(1_000);
    const spans = recorded.filter((signal): signal is SpanSignal => signal.kind === 'span');
    expect(spans.map(({ name, success, attributes }) => [name, success, attributes.result])).toEqual([
      ['POST /', true, undefined],
      ['create-deferred-group', true, 'done'],
      ['create-deferred-group', false, 'dead-lettered'],
      ['create-deferred-group', false, 'failed'],
    ]);
    expect(spans.map((span) => span.parent)).toEqual([
      work.trace,
      parent,
      { traceparent: host.traceParent },
      parent,
    ]);
    expect(spans.map(({ link }) => link)).toEqual([null, { traceparent: host.traceParent }, null, null]);
    expect(recorded.find(({ kind }) => kind === 'event')).toMatchObject({ trace: work.trace });
  });

  it('leaves out a metric that is no number', async () => {
    const telemetry = open();
    telemetry.metric('externalGroups.queue.age', Number.NaN, {});
    telemetry.metric('externalGroups.queue.age', 5, {});
    await telemetry.flush(1_000);
    expect(recorded).toMatchObject([{ kind: 'metric', value: 5 }]);
    expect(sends).toEqual([{ metrics: false }, { metrics: true }]);
  });

  it('loads once everything is quiet, not before', async () => {
    const telemetry = open();
    expect(loads).toBe(0);
    telemetry.event('ExternalGroupCreated', fields, parent);
    await vi.advanceTimersByTimeAsync(200);
    telemetry.event('ExternalGroupCreated', fields, parent);
    await vi.advanceTimersByTimeAsync(200);
    expect(loads).toBe(0);
    await vi.advanceTimersByTimeAsync(100);
    expect(loads).toBe(1);
    expect(recorded).toHaveLength(2);
  });

  it('does not load while a call of Graph is in progress, but not forever', async () => {
    const telemetry = open();
    const call = telemetry.graphCall({ method: 'POST', url: 'https://graph.microsoft.com/' }, parent);
    telemetry.event('ExternalGroupCreated', fields, parent);
    await vi.advanceTimersByTimeAsync(4_900);
    expect(loads).toBe(0);
    await vi.advanceTimersByTimeAsync(500);
    expect(loads).toBe(1);
    call.end(201);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(recorded).toHaveLength(2);
  });

  it('gathers what comes within a second once it is loaded', async () => {
    const telemetry = open();
    telemetry.event('ExternalGroupCreated', fields, parent);
    await vi.advanceTimersByTimeAsync(1_000);
    sends = [];
    for (let round = 0; round < 4; round += 1) {
      telemetry.event('ExternalGroupCreated', fields, parent);
      await vi.advanceTimersByTimeAsync(250);
    }
    expect(sends).toHaveLength(1);
    expect(recorded).toHaveLength(5);
  });

  it('says so once, and holds nothing, if the SDK cannot be loaded', async () => {
    const telemetry = open(() => Promise.reject(new TypeError('secret of the SDK')));
    for (let round = 0; round < 3; round += 1) {
      telemetry.event('ExternalGroupCreated', fields, parent);
      await vi.advanceTimersByTimeAsync(10_000);
    }
    await telemetry.flush(1_000);
    expect(loads).toBe(1);
    expect(lines).toEqual([
      'Application Insights could not be loaded (TypeError): no telemetry leaves this process.',
    ]);
  });

  it('ends a flush in its time while the intake hangs, and drops the oldest of too many', async () => {
    let release = () => {};
    const hanging: Intake = { ...intake, send: () => new Promise<void>((resolve) => (release = resolve)) };
    const telemetry = open(async () => hanging);
    for (let index = 0; index < 10_000; index += 1)
      telemetry.event('ExternalGroupCreated', { ...fields, attempts: index }, parent);
    const flushed = vi.fn();
    void telemetry.flush(5_000).then(flushed);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(flushed).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(flushed).toHaveBeenCalled();
    expect(recorded).toHaveLength(512);
    expect(recorded[0]).toMatchObject({ attributes: { attempts: 10_000 - 8_192 } });
    release();
    await vi.advanceTimersByTimeAsync(0);
    expect(lines).toEqual([
      `Application Insights could not keep up: ${10_000 - 8_192} signals dropped since the start.`,
    ]);
  });

  it('that is silent carries traces on anyway', async () => {
    const span = silentTelemetry.graphCall({ method: 'POST', url: 'https://graph.microsoft.com/' }, parent);
    const work = silentTelemetry.queueWork(parent, host, 'f');
    for (const { trace } of [span, work]) {
      expect(traceIdOf(trace)).toBe(traceIdOf(parent));
      expect(spanIdOf(trace)).not.toBe(spanIdOf(parent));
    }
    span.end(null);
    work.end('done');
    await silentTelemetry.flush(1);
  });
});
