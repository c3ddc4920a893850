import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type CertificateFiles,
  createCertificate,
  writeCertificate,
} from '../../../local/stack/certificate.ts';
import {
  startTelemetrySink,
  type TelemetryFault,
  type TelemetrySink,
} from '../../../local/stand-ins/telemetry/telemetry-sink.ts';
import { type Driver, startDriver } from './start-driver.ts';

/** Milliseconds; only bounds a hang. Loading the SDK from its packages takes half a minute on a busy machine. */
const untilSent = 600_000;

describe('telemetry', () => {
  let files: CertificateFiles;
  let sink: TelemetrySink;
  let driver: Driver;
  beforeAll(async () => {
    const certificate = await createCertificate();
    files = await writeCertificate(certificate);
    sink = await startTelemetrySink({ tls: certificate });
  });
  afterAll(async () => {
    await sink.close();
    await files.remove();
  });
  beforeEach(() => {
    sink.reset();
    const APPLICATIONINSIGHTS_CONNECTION_STRING = sink.connectionString;
    driver = startDriver({ APPLICATIONINSIGHTS_CONNECTION_STRING, NODE_EXTRA_CA_CERTS: files.certFile });
  });
  afterEach(() => driver.stop());

  const events = () => sink.items().filter(({ data }) => data.baseType === 'EventData');

  it('loads the SDK some time after the first signal, and sends that signal with the time it had', async () => {
    expect(await driver.tell({ do: 'isLoaded' })).toBe(false);
    const before = Date.now();
    await driver.tell({ do: 'create', count: 1 });
    const after = Date.now();
    expect(await driver.tell({ do: 'isLoaded' })).toBe(false);
    await expect.poll(() => sink.items().length).toBe(2);
    expect(await driver.tell({ do: 'isLoaded' })).toBe(true);
    for (const { time } of sink.items()) {
      expect(Date.parse(time)).toBeGreaterThanOrEqual(before);
      expect(Date.parse(time)).toBeLessThanOrEqual(after);
    }
  });

  it('sends metrics as well on a flush, and no query of a URL', async () => {
    await driver.tell({ do: 'create', count: 3 });
    await driver.tell({ do: 'flush', milliseconds: untilSent });
    const kinds = Map.groupBy(sink.items(), ({ data }) => data.baseType);
    expect([...kinds].map(([kind, items]) => [kind, items.length])).toEqual(
      expect.arrayContaining([
        ['RemoteDependencyData', 3],
        ['EventData', 3],
        ['MetricData', 1],
      ]),
    );
    expect(sink.search('secret')).toEqual([]);
    expect(sink.refusals()).toEqual([]);
  });

  it('leaves it to the host what an uncaught exception comes to', async () => {
    await driver.tell({ do: 'create', count: 1 });
    await driver.tell({ do: 'flush', milliseconds: untilSent });
    expect(await driver.tell({ do: 'listeners' })).toEqual([0, 0]);
  });

  it('flushes nothing, and loads nothing, if there is nothing', async () => {
    expect(await driver.tell<number>({ do: 'flush', milliseconds: untilSent })).toBeLessThan(15_000);
    expect(await driver.tell({ do: 'isLoaded' })).toBe(false);
  });

  it('sends all of a burst', async () => {
    // More than the 2,048 that each of the SDK's own queues holds.
    await driver.tell({ do: 'create', count: 2_700 });
    await driver.tell({ do: 'flush', milliseconds: untilSent });
    expect(events()).toHaveLength(2_700);
    expect(sink.items().filter(({ data }) => data.baseType === 'RemoteDependencyData')).toHaveLength(2_700);
    expect(driver.output()).toBe('');
  });

  it.each<[string, TelemetryFault]>([
    ['hangs', { kind: 'hang' }],
    ['refuses', { kind: 'refuse', status: 503, retryAfter: '3600' }],
    ['breaks off', { kind: 'reset' }],
  ])(
    'keeps within its bounds while the intake %s, says so once, and sends again afterwards',
    async (_, fault) => {
      await driver.tell({ do: 'create', count: 1 });
      await driver.tell({ do: 'flush', milliseconds: untilSent });
      sink.setFault(fault);
      // 30,000 signals: far more than are kept.
      await driver.tell({ do: 'create', count: 10_000 });
      expect(await driver.tell<number>({ do: 'flush', milliseconds: 300 })).toBeLessThan(15_000);
      const full = await driver.tell<number>({ do: 'heap' });
      for (let round = 0; round < 5; round += 1) await driver.tell({ do: 'create', count: 10_000 });
      const later = await driver.tell<number>({ do: 'heap' });
      expect(later - full).toBeLessThan(5);
      expect(full).toBeLessThan(120);

      await expect.poll(driver.output).toContain('does not take what is sent');
      sink.reset();
      await expect.poll(() => events().length).toBeGreaterThan(1_000);
      const lines = driver.output().trim().split('\n');
      expect(lines.filter((line) => line.includes('does not take what is sent'))).toHaveLength(1);
      expect(lines.filter((line) => /could not keep up: \d+ signals dropped/.test(line))).toHaveLength(1);
      expect(lines).toHaveLength(2);
    },
  );

  it('is silent and loads nothing without a connection string', async () => {
    const silent = startDriver({});
    await silent.tell({ do: 'create', count: 10 });
    await silent.tell({ do: 'flush', milliseconds: 1_000 });
    expect(await silent.tell({ do: 'isLoaded' })).toBe(false);
    expect(silent.output()).toBe('');
    await silent.stop();
  });
});
