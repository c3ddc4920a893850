import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TelemetryFault } from '../../../local/stand-ins/telemetry/telemetry-sink.ts';
import { until } from '../../support/until.ts';
import { type Client, example, startClient } from '../client.ts';
import { received } from './received.ts';

const faults: readonly (readonly [string, TelemetryFault])[] = [
  ['hangs', { kind: 'hang' }],
  ['is slow', { kind: 'slow', ms: 3_000 }],
  ['refuses', { kind: 'refuse', status: 500 }],
  ['asks to wait for a day', { kind: 'refuse', status: 429, retryAfter: '86400' }],
  ['breaks off', { kind: 'reset' }],
];

/** Creations at a time: more than one batch of telemetry holds up. */
const count = 25;

describe('an intake that', () => {
  let client: Client;
  beforeAll(async () => {
    client = await startClient({ functionsHost: false, env: { GRAPH_DEADLINE: 'PT1M' } });
  });
  afterAll(() => client.close());

  async function createSome(name: string): Promise<void> {
    const ids = Array.from({ length: count }, (_, index) => `${name.replaceAll(' ', '')}${index}`);
    const replies = await Promise.all(ids.map((id) => client.post({ ...example, id })));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]));
  }

  it.each(faults)('%s changes no answer and holds up no stop', async (name, fault) => {
    const { stack } = client;
    stack.telemetry.reset();
    const host = await stack.startHost();
    stack.telemetry.setFault(fault);
    await createSome(name);
    // The SDK is loaded and has hit the fault: what follows is not just the initial silence.
    await until(() => stack.telemetry.counters().requests > 0);
    await createSome(`${name} again`);
    expect(await host.stop()).toMatchObject({ code: 0 });
  });

  it('is not there changes nothing either', async () => {
    const { stack } = client;
    const key = '00000000-0000-4000-8000-000000000000';
    const nowhere = `InstrumentationKey=${key};IngestionEndpoint=https://localhost:1/`;
    const host = await stack.startHost({ APPLICATIONINSIGHTS_CONNECTION_STRING: nowhere });
    await createSome('absent');
    await until(() => stack.hostLines().find((line) => line.includes('does not take what is sent')) ?? null);
    await createSome('absent again');
    expect(await host.stop()).toMatchObject({ code: 0 });
  });

  it('fails for a moment gets what was to be sent anyway', async () => {
    const { stack } = client;
    stack.telemetry.reset();
    const host = await stack.startHost();
    stack.telemetry.setFault({ kind: 'refuse', status: 503, times: 2 });
    await createSome('moment');
    await until(() => received(stack).events.length === count);
    await host.stop();
    expect(received(stack).graphCalls).toHaveLength(count);
  });

  it('nobody has named gets nothing', async () => {
    const { stack } = client;
    stack.telemetry.reset();
    const host = await stack.startHost({ APPLICATIONINSIGHTS_CONNECTION_STRING: undefined });
    await createSome('silent');
    await host.stop();
    expect(stack.telemetry.counters().requests).toBe(0);
  });
});
