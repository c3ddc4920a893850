import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type Certificate,
  type CertificateFiles,
  createCertificate,
  writeCertificate,
} from '../../../local/stack/certificate.ts';
import { startTelemetrySink, type TelemetrySink } from '../../../local/stand-ins/telemetry/telemetry-sink.ts';
import { type Sent, send } from './send.ts';

let tls: Certificate;
let files: CertificateFiles;
let sink: TelemetrySink;

beforeAll(async () => {
  tls = await createCertificate();
  files = await writeCertificate(tls);
  sink = await startTelemetrySink({ tls });
});
afterAll(async () => {
  await sink.close();
  await files.remove();
});
beforeEach(() => sink.reset());

const iKey = () => /InstrumentationKey=([^;]+)/.exec(sink.connectionString)?.[1] ?? '';
const event = (name = 'ExternalGroupCreated') => ({
  name: 'Microsoft.ApplicationInsights.Event',
  time: new Date().toISOString(),
  iKey: iKey(),
  data: { baseType: 'EventData', baseData: { ver: 2, name, properties: { groupId: 'a' } } },
});
const track = (body: Sent['body'], headers: Sent['headers'] = {}) =>
  send(`https://localhost:${sink.port}/v2.1/track`, {
    method: 'POST',
    ca: tls.cert,
    headers,
    ...(body === undefined ? {} : { body }),
  });
const names = () => sink.items().map((item) => item.data.baseData.name);

test('takes what the Application Insights SDK sends', async () => {
  const program = `
    import { createRequire } from 'node:module';
    const { useAzureMonitor, shutdownAzureMonitor, TelemetryClient } =
      createRequire(${JSON.stringify(import.meta.url)})('applicationinsights');
    const client = new TelemetryClient();
    client.initialize();
    client.trackEvent({ name: 'FromTheSdk', properties: { groupId: 'a' } });
    client.trackMetric({ name: 'aMetric', value: 3 });
    client.trackException({ exception: new Error('boom') });
    await client.flush();
    await client.shutdown();
    process.exit(0);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    env: {
      PATH: process.env.PATH,
      APPLICATIONINSIGHTS_CONNECTION_STRING: sink.connectionString,
      APPLICATION_INSIGHTS_NO_STATSBEAT: 'true',
      NODE_EXTRA_CA_CERTS: files.certFile,
    },
  });
  const said = await text(child.stderr);
  expect(said).toBe('');
  const kinds = sink.items().map((item) => item.data.baseType);
  expect(kinds).toEqual(expect.arrayContaining(['EventData', 'MetricData', 'ExceptionData']));
  expect(names()).toContain('FromTheSdk');
  expect(sink.refusals()).toEqual([]);
});

describe('forms of a body', () => {
  const two = () => [event('One'), event('Two')];

  test.each<[string, () => Sent['body'], Sent['headers']]>([
    ['an array', two, {}],
    [
      'one item a line',
      () =>
        two()
          .map((item) => JSON.stringify(item))
          .join('\n'),
      {},
    ],
    ['gzip', () => gzipSync(JSON.stringify(two())), { 'content-encoding': 'gzip' }],
  ])('%s', async (_, body, headers) => {
    const answer = await track(body(), headers);
    expect([answer.status, answer.json]).toEqual([200, { itemsReceived: 2, itemsAccepted: 2, errors: [] }]);
    expect(names()).toEqual(['One', 'Two']);
  });

  test('a single item, to the older path', async () => {
    const url = `https://localhost:${sink.port}/v2/track`;
    expect((await send(url, { method: 'POST', ca: tls.cert, body: event() })).status).toBe(200);
  });

  test.each([
    ['not JSON', 'hello', {}],
    ['not gzip', 'hello', { 'content-encoding': 'gzip' }],
  ])('%s is refused', async (_, body, headers) => {
    expect((await track(body, headers)).status).toBe(400);
  });
});

describe('malformed items', () => {
  test.each<[string, object, RegExp]>([
    ['no time', { time: undefined }, /'time'.*required/],
    ['a time that is none', { time: 'today' }, /not a valid time/],
    ['a time long past', { time: '2020-01-01T00:00:00Z' }, /out of the allowed range/],
    ['another instrumentation key', { iKey: 'x' }, /Invalid instrumentation key/],
    ['no data', { data: undefined }, /'data'.*required/],
    ['an unknown kind', { data: { baseType: 'Nonsense', baseData: {} } }, /Unsupported baseType/],
    ['no version', { data: { baseType: 'EventData', baseData: { name: 'x' } } }, /'ver'.*required/],
    [
      'an event without a name',
      { data: { baseType: 'EventData', baseData: { ver: 2 } } },
      /'name'.*required/,
    ],
  ])('%s is refused', async (_, wrong, message) => {
    const answer = await track([{ ...event(), ...wrong }]);
    expect(answer).toMatchObject({ status: 400, json: { itemsReceived: 1, itemsAccepted: 0 } });
    expect(sink.refusals()).toEqual([expect.stringMatching(message)]);
    expect(sink.items()).toEqual([]);
  });

  test('the good ones beside them are kept', async () => {
    const answer = await track([event('Good'), { ...event(), iKey: 'x' }]);
    expect(answer).toMatchObject({
      status: 206,
      json: { itemsReceived: 2, itemsAccepted: 1, errors: [{ index: 1, statusCode: 400 }] },
    });
    expect(names()).toEqual(['Good']);
  });
});

test('live metrics hear that nobody is watching', async () => {
  const url = `https://localhost:${sink.port}/QuickPulseService.svc/ping?ikey=${iKey()}`;
  const answer = await send(url, { method: 'POST', ca: tls.cert, body: {} });
  expect([answer.status, answer.headers['x-ms-qps-subscribed']]).toEqual([200, 'false']);
});

test('every byte can be searched, packed or refused ones too', async () => {
  await track(gzipSync(JSON.stringify([event('Łódź')])), { 'content-encoding': 'gzip' });
  await track('not an item: s3cret');
  expect(sink.search('Łódź')).toHaveLength(1);
  expect(sink.search('s3cret')).toHaveLength(1);
  expect(sink.search('elsewhere')).toEqual([]);
  expect(sink.counters()).toMatchObject({ requests: 2, itemsReceived: 1, itemsAccepted: 1 });
});

test('faults: refused, cut, silent, then well again', async () => {
  sink.setFault({ kind: 'refuse', status: 503, retryAfter: '3', times: 1 });
  expect(await track([event()])).toMatchObject({ status: 503, headers: { 'retry-after': '3' } });
  sink.setFault({ kind: 'reset', times: 1 });
  await expect(track([event()])).rejects.toThrow(/hang up|ECONNRESET/);
  sink.setFault({ kind: 'hang', times: 1 });
  const url = `https://localhost:${sink.port}/v2.1/track`;
  const { requests } = sink.counters();
  const leave = new AbortController();
  const hanging = expect(
    send(url, { method: 'POST', ca: tls.cert, body: [event()], signal: leave.signal }),
  ).rejects.toThrow(/abort/i);
  await expect.poll(() => sink.counters().requests).toBe(requests + 1);
  leave.abort();
  await hanging;
  expect(sink.items()).toEqual([]);
  expect((await track([event()])).status).toBe(200);
});
