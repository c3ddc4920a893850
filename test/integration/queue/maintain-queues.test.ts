import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../src/app.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import type { Log } from '../../../src/telemetry/telemetry.ts';
import { type StartedStorage, startStorage } from '../../support/storage.ts';

const creation = { connectionId: 'contosohr', group: { id: 'a', displayName: 'Łódź' } };
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const log = () => undefined;

async function maintainWith(connectionString: string, log: Log): Promise<void> {
  const { timers } = createApp({ AzureWebJobsStorage: connectionString });
  await timers.find(({ name }) => name === 'maintain-queues')?.run({ traceContext: undefined, log });
}

describe('the poison queue of creations', () => {
  let storage: StartedStorage;
  const maintain = () => maintainWith(storage.connectionString, log);
  beforeAll(async () => {
    storage = await startStorage();
  });
  beforeEach(() => storage.clear());
  afterAll(() => storage.close());

  it.each<[string, string, Record<string, unknown>]>([
    [
      'a message that crashed its worker',
      base64(JSON.stringify(creation)),
      { ...creation, error: { code: 'crashed' } },
    ],
    ['one in plain text', JSON.stringify(creation), { ...creation, error: { code: 'crashed' } }],
    ['text that is not JSON', 'no JSON ☂', { raw: base64('no JSON ☂') }],
    [
      'bytes that are not UTF-8',
      base64(Buffer.from([0xff, 0xfe])),
      { raw: base64(base64(Buffer.from([0xff, 0xfe]))) },
    ],
    ['brackets nested thousands deep', '['.repeat(3_000) + ']'.repeat(3_000), { raw: expect.any(String) }],
    [
      'objects nested thousands deep in a message',
      `{"connectionId":"contosohr","group":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`,
      { raw: expect.any(String), error: { code: 'validation-failed' } },
    ],
    [
      'ten unknown members with names of control characters and a filler',
      JSON.stringify({
        ...Object.fromEntries(Array.from({ length: 10 }, (_, index) => ['\u0001'.repeat(128) + index, 1])),
        filler: 'x'.repeat(30_000),
      }),
      { raw: expect.any(String), error: { code: 'validation-failed' } },
    ],
  ])('is emptied of %s', async (_what, text, letter) => {
    await storage.send('poison', text);
    await maintain();
    expect(await storage.count('poison')).toBe(0);
    expect(await storage.deadLetters()).toMatchObject([{ queue: queueNames.work, ...letter }]);
  });

  it('is emptied beyond a page', async () => {
    for (let index = 0; index < 70; index += 1) await storage.send('poison', `no JSON ${index}`);
    // A run ends after its time, however little a busy machine has done in it.
    while ((await storage.count('poison')) > 0) await maintain();
    expect(await storage.count('deadLetters')).toBe(70);
  });

  it('keeps its messages while dead letters cannot be written', async () => {
    await storage.send('poison', 'no JSON');
    const lines: string[] = [];
    const nowhere = storage.connectionString.replace(
      /QueueEndpoint=[^;]*/,
      'QueueEndpoint=http://127.0.0.1:9/x',
    );
    await maintainWith(nowhere, (_level, line) => void lines.push(line));
    expect(lines.join('\n')).toMatch(/cannot be read/);
    expect(await storage.count('poison')).toBe(1);
  });
});

describe('the poison queue of verifications', () => {
  let storage: StartedStorage;
  beforeAll(async () => {
    storage = await startStorage();
  });
  afterAll(() => storage.close());

  it('is emptied: a step is sent again after a pause, and what is no step is logged', async () => {
    const step = { connectionId: 'contosohr', partition: 3, after: 'g.a' };
    await storage.sendJson(step, 'verificationsPoison');
    await storage.send('verificationsPoison', 'no step');
    const lines: string[] = [];
    await maintainWith(storage.connectionString, (_level, line) => void lines.push(line));
    expect(await storage.count('verificationsPoison')).toBe(0);
    expect(await storage.count('verifications')).toBe(1);
    expect(await storage.receive('verifications')).toEqual([]);
    expect(await storage.count('deadLetters')).toBe(0);
    expect(lines).toEqual([
      'a sweep was interrupted repeatedly and continues',
      'a message on the queue of sweeps cannot be read',
    ]);
  });
});
