import type { QueueClient } from '@azure/storage-queue';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startAzurite } from '../../../local/stack/azurite.ts';
import { lastingPorts } from '../../support/lasting-ports.ts';
import { type Passing, type QueueProxy, startQueueProxy } from '../../support/queue-proxy.ts';
import { openStorage, type StartedStorage, startStorage } from '../../support/storage.ts';
import { until } from '../../support/until.ts';
import { type App, writeApp } from '../../support/write-app.ts';
import { logged, type RunningHost, runHost } from './run-host.ts';

const host = {
  extensions: {
    queues: {
      batchSize: 4,
      newBatchThreshold: 2,
      maxDequeueCount: 3,
      visibilityTimeout: '00:00:01',
      maxPollingInterval: '00:00:00.1',
    },
  },
};
const withoutEncoding = { AzureFunctionsJobHost__extensions__queues__messageEncoding: 'none' };

const encode = (text: string): string => Buffer.from(text).toString('base64');
const week = 7 * 24 * 3_600_000;
/** For messages that come back when their lease ends; on a busy machine, others could too. */
const shortLease = { FUNCTIONS_HOST_QUEUE_LEASE: '1' };

describe('a queue function', () => {
  let storage: StartedStorage;
  let proxy: QueueProxy;
  let passings: Passing[];
  let app: App;
  let running: RunningHost | undefined;

  beforeAll(async () => {
    storage = await startStorage();
    proxy = await startQueueProxy(storage.connectionString, storage.queueUrl);
    app = await writeApp({ entry: new URL('apps/queue.ts', import.meta.url), host });
  });
  afterEach(async () => {
    await running?.end('SIGKILL');
    running = undefined;
  });
  afterAll(async () => {
    await proxy.close();
    await storage.close();
    await app.remove();
  });

  async function start(env: Record<string, string> = {}): Promise<RunningHost> {
    passings = [];
    proxy.judge((passing) => {
      passings.push(passing);
      return 'pass';
    });
    running = await runHost(app.root, {
      AzureWebJobsStorage: proxy.connectionString,
      WORK_QUEUE: 'work',
      ...env,
    });
    return running;
  }

  /** The host's requests about the messages of a queue. */
  const asked = (queue: string, method: string): string[] =>
    passings
      .filter((passing) => passing.method === method && passing.path.includes(`/${queue}/messages`))
      .map(({ path }) => path);

  async function empty(name: string): Promise<QueueClient> {
    const client = await storage.queue(name);
    await client.clearMessages();
    return client;
  }

  const length = async (client: QueueClient): Promise<number> =>
    (await client.getProperties()).approximateMessagesCount ?? 0;
  const emptied = (client: QueueClient): Promise<true> => until(async () => (await length(client)) === 0);

  /** The one message that arrives on a queue. */
  const arrival = (client: QueueClient) =>
    until(async () => (await client.receiveMessages()).receivedMessageItems[0]);

  it('is announced with its queue, settings in the name resolved', async () => {
    const { functions } = await start();
    expect(functions).toContainEqual({ name: 'works', type: 'queue', queueName: 'work' });
  });

  it('gets parsed JSON with the message properties, and a success deletes the message', async () => {
    const work = await empty('work');
    const sent = await work.sendMessage(encode('{"name":"Łódź","list":[1]}'));
    const from = await start();
    await from.seen(/works .*succeeded/);
    await emptied(work);
    const [{ message, metadata, trace }] = logged(from, 'worked');
    expect(message).toEqual({ name: 'Łódź', list: [1] });
    expect(metadata).toMatchObject({ id: sent.messageId, dequeueCount: 1, queueTrigger: message });
    for (const name of ['insertionTime', 'expirationTime', 'nextVisibleTime']) {
      expect(metadata[name]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$/);
      expect(Date.parse(metadata[name])).not.toBeNaN();
    }
    expect(trace.traceParent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    // The receipt of the metadata is the one that deletes.
    expect(asked('work', 'DELETE')).toEqual([
      expect.stringContaining(`popreceipt=${encodeURIComponent(metadata.popReceipt)}`),
    ]);
  });

  it.each([
    ['plain text', 'plain text'],
    ['17', 17],
    ['true', true],
    ['null', null],
    ['"text"', 'text'],
    ['{"half', '{"half'],
    ['', ''],
  ])('gets %j as %j', async (text, value) => {
    const work = await empty('work');
    await work.sendMessage(encode(text));
    const from = await start();
    await from.seen(/works .*succeeded/);
    expect(logged(from, 'worked')[0].message).toEqual(value);
  });

  it('sees properties of the payload in place of those of its message, and beside them', async () => {
    const work = await empty('work');
    await work.sendMessage(encode('{"ID":"mine","dequeueCount":99,"other":true,"list":[1]}'));
    const from = await start();
    await from.seen(/works .*succeeded/);
    const [{ metadata }] = logged(from, 'worked');
    expect(metadata).toMatchObject({ id: 'mine', dequeueCount: 99, other: 'True' });
    expect(metadata).not.toHaveProperty('list');
  });

  it('that takes bytes gets them, UTF-8 or not, with its own properties', async () => {
    const bytes = await empty('bytes');
    await bytes.sendMessage(Buffer.from([0xff, 0xfe]).toString('base64'));
    const from = await start();
    await from.seen(/worksBytes .*succeeded/);
    await bytes.sendMessage(encode('{"id":"mine"}'));
    await from.seen(/succeeded[\s\S]*worksBytes .*succeeded/);
    const [broken, json] = logged(from, 'worked');
    expect(broken.bytes).toBe('fffe');
    expect(broken.metadata).not.toHaveProperty('queueTrigger');
    expect(json.bytes).toBe(Buffer.from('{"id":"mine"}').toString('hex'));
    expect(json.metadata.queueTrigger).toEqual({ id: 'mine' });
    expect(json.metadata.id).not.toBe('mine');
  });

  it('that throws is tried again after visibilityTimeout, then its message is poison, unchanged', async () => {
    const fail = await empty('fail');
    const poison = await storage.queue('fail-poison');
    await poison.delete();
    const raw = encode('{"a": 1}');
    const sent = await fail.sendMessage(raw, { messageTimeToLive: -1 });
    // The message comes back long before its lease of ten minutes ends.
    const from = await start();
    await from.seen(/attempt 3 has reached maxDequeueCount 3: moved to fail-poison/);
    const moved = await arrival(poison);
    await emptied(fail);
    expect(moved.messageText).toBe(raw);
    expect(moved.messageId).not.toBe(sent.messageId);
    expect(moved.expiresOn.getTime() - moved.insertedOn.getTime()).toBe(week);
    const tried = logged(from, 'tried');
    expect(tried.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    // After a failure the message is released with the receipt that the function had, and returns after visibilityTimeout.
    const shown = asked('fail', 'PUT').map((path) => new URL(path, 'http://storage').searchParams);
    expect(shown.map((query) => [query.get('popreceipt'), query.get('visibilitytimeout')])).toEqual(
      tried.slice(0, 2).map(({ receipt }) => [receipt, '1']),
    );
    expect(asked('fail', 'GET')[0]).toMatch(/visibilitytimeout=600\b/);
  });

  it('is not invoked for a message beyond maxDequeueCount', async () => {
    const work = await empty('work');
    const poison = await empty('work-poison');
    await work.sendMessage(encode('often'));
    for (let count = 0; count < 3; count++) {
      const { receivedMessageItems } = await work.receiveMessages({ visibilityTimeout: 60 });
      for (const { messageId, popReceipt } of receivedMessageItems) {
        await work.updateMessage(messageId, popReceipt, undefined, 0);
      }
    }
    const from = await start();
    expect((await arrival(poison)).messageText).toBe(encode('often'));
    await emptied(work);
    expect(logged(from, 'worked')).toEqual([]);
  });

  it('is not invoked for a message that is not base64; poison gets its text as it is', async () => {
    const work = await empty('work');
    const poison = await empty('work-poison');
    await work.sendMessage('{"plain":true}');
    const from = await start();
    const moved = await arrival(poison);
    await emptied(work);
    expect(moved.messageText).toBe('{"plain":true}');
    expect(logged(from, 'worked')).toEqual([]);
    // The log line and the message come from different processes.
    await until(() => from.output().includes('attempt 1 is not base64: moved to work-poison'));
  });

  it('is not invoked for bytes that are not UTF-8: they fail each time, then they are poison', async () => {
    const work = await empty('work');
    const poison = await empty('work-poison');
    await work.sendMessage('//4=');
    const from = await start();
    expect((await arrival(poison)).messageText).toBe('//4=');
    await until(() => from.output().match(/attempt \d failed .*not UTF-8/g)?.length === 3);
    expect(logged(from, 'worked')).toEqual([]);
  });

  it.each([
    ['work', 'works'],
    ['bytes', 'worksBytes'],
  ])('of %s is not reached by what overflows the stack of @azure/functions', async (name, functionName) => {
    const queue = await empty(name);
    const poison = await empty(`${name}-poison`);
    const nested = encode(`${'['.repeat(15_000)}${']'.repeat(15_000)}`);
    await queue.sendMessage(nested);
    const from = await start();
    expect((await arrival(poison)).messageText).toBe(nested);
    const failures = new RegExp(
      `ERR ${functionName} .*attempt \\d failed .*Maximum call stack size exceeded`,
      'g',
    );
    expect(from.output().match(failures)).toHaveLength(3);
    expect(logged(from, 'worked')).toEqual([]);
  });

  it('with messageEncoding none reads text as it is, and poison gets it as it is', async () => {
    const work = await empty('work');
    const fail = await empty('fail');
    const poison = await empty('fail-poison');
    await work.sendMessage('{"plain":true}');
    await fail.sendMessage('Łódź ☂');
    const from = await start(withoutEncoding);
    await emptied(work);
    expect(logged(from, 'worked')[0].message).toEqual({ plain: true });
    expect((await arrival(poison)).messageText).toBe('Łódź ☂');
    expect(logged(from, 'tried')[0].message).toBe('Łódź ☂');
  });

  it('with messageEncoding none gets base64 as the text that it is', async () => {
    const work = await empty('work');
    await work.sendMessage(encode('{"plain":true}'));
    const from = await start(withoutEncoding);
    await emptied(work);
    expect(logged(from, 'worked')[0].message).toBe(encode('{"plain":true}'));
  });

  it('may name a queue that comes later; until then each poll is a warning', async () => {
    const from = await start({ WORK_QUEUE: 'later' });
    await until(() => (from.output().match(/WRN host Error response 404 .*: later$/gm)?.length ?? 0) > 1);
    const later = await empty('later');
    await later.sendMessage(encode('at last'));
    await from.seen(/works .*succeeded/);
    expect(from.output()).not.toContain('cannot be read');
  });

  it('that a setting disables gets no message, but can be run by hand', async () => {
    const work = await empty('work');
    const long = await empty('long');
    await work.sendMessage(encode('waits'));
    await long.sendMessage(encode('{"ms":0}'));
    const from = await start({ 'AzureWebJobs.works.Disabled': 'true' });
    expect(from.functions).toContainEqual(expect.objectContaining({ name: 'works', disabled: true }));
    await emptied(long);
    expect(asked('work', 'GET')).toEqual([]);
    await from.runFunction('works', '{"by":"hand"}');
    await from.seen(/ worked /);
    const [{ message, metadata }] = logged(from, 'worked');
    expect(message).toEqual({ by: 'hand' });
    expect(metadata).toMatchObject({ dequeueCount: 0, by: 'hand' });
    expect(metadata).not.toHaveProperty('popReceipt');
    expect(await length(work)).toBe(1);
  });

  it('has at most batchSize + newBatchThreshold messages in work', async () => {
    const gate = await empty('gate');
    for (let count = 0; count < 12; count++) await gate.sendMessage(encode(String(count)));
    const { url } = await start();
    const state = async (): Promise<Record<string, number>> =>
      JSON.parse(await (await fetch(`${url}/api/state`)).text());
    const release = (count: number) => fetch(`${url}/api/release/${count}`, { method: 'POST' });

    await until(async () => (await state()).held === 4);
    await release(1);
    await until(async () => (await state()).done === 1);
    // Three are left, one more than newBatchThreshold: nothing is fetched.
    expect((await gate.peekMessages({ numberOfMessages: 32 })).peekedMessageItems).toHaveLength(8);
    await release(1);
    await until(async () => (await state()).held === 6);
    await until(async () => {
      await release(12);
      return (await state()).done === 12;
    });
    expect((await state()).most).toBeLessThanOrEqual(6);
    await emptied(gate);
  });

  it('keeps its message while it runs past the lease, and deletes it with the renewed receipt', async () => {
    const long = await empty('long');
    await long.sendMessage(encode('{"ms":2400}'));
    const from = await start({ FUNCTIONS_HOST_QUEUE_LEASE: '2' });
    await from.seen(/ finished /);
    await emptied(long);
    expect(logged(from, 'began')).toHaveLength(1);
    expect(from.errors()).toBe('');
    // Renewed at half of the lease, for a full one.
    const renewals = asked('long', 'PUT');
    expect(renewals.length).toBeGreaterThanOrEqual(2);
    for (const path of renewals) expect(path).toMatch(/visibilitytimeout=2\b/);
  });

  it('finishes on SIGTERM, is deleted, and the appTerminate hook runs last', async () => {
    const long = await empty('long');
    await long.sendMessage(encode('{"ms":500}'));
    const from = await start();
    await from.seen(/ began /);
    expect(await from.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(from.output()).toMatch(/ finished [\s\S]*succeeded[\s\S]*appTerminate ran/);
    expect(await length(long)).toBe(0);
  });

  it('killed while working gets the message again when the lease ends', async () => {
    const long = await empty('long');
    await long.sendMessage(encode('{"ms":60000}'));
    const first = await start(shortLease);
    await first.seen(/ began /);
    await first.end('SIGKILL');
    const second = await start();
    await second.seen(/ began /);
    expect(logged(second, 'began').map(({ attempt }) => attempt)).toEqual([2]);
  });

  it('survives an outage of storage, which is logged once', async () => {
    const own = await startAzurite({ ports: await lastingPorts() });
    const from = await start({ AzureWebJobsStorage: own.connectionString });
    await own.close();
    await from.seen(/queue work cannot be read/);
    const again = await startAzurite({ ports: own.ports });
    try {
      const work = await openStorage(again.connectionString).queue('work');
      await work.sendMessage(encode('after'));
      await from.seen(/works .*succeeded/);
      expect(from.output().match(/queue work cannot be read/g)).toHaveLength(1);
      await until(() => from.output().includes('queue work can be read again'));
    } finally {
      await again.close();
    }
  });

  describe('of a poison queue', () => {
    it('never gets what is not base64: the message stays where it is', async () => {
      const cleared = await empty('cleared-poison');
      await cleared.sendMessage('not base64!');
      const from = await start(shortLease);
      await from.seen(/attempt 1 is not base64: left alone[\s\S]*attempt 2 is not base64: left alone/);
      await from.end();
      const { messageText } = await arrival(cleared);
      expect(messageText).toBe('not base64!');
      expect(logged(from, 'cleared')).toEqual([]);
      expect([...asked('cleared-poison', 'PUT'), ...asked('cleared-poison', 'DELETE')]).toEqual([]);
    });

    it('that throws gets the message again when its lease ends, and not before', async () => {
      const cleared = await empty('cleared-poison');
      await cleared.sendMessage(encode('fail once'));
      const from = await start(shortLease);
      await emptied(cleared);
      expect(logged(from, 'cleared').map(({ attempt }) => attempt)).toEqual([1, 2]);
      expect(asked('cleared-poison', 'PUT')).toEqual([]);
    });

    it('never gets a message beyond maxDequeueCount, which stays where it is', async () => {
      const cleared = await empty('cleared-poison');
      await cleared.sendMessage(encode('fail'));
      const from = await start(shortLease);
      await from.seen(/attempt 4 is beyond maxDequeueCount 3: left alone/);
      await from.end();
      expect(logged(from, 'cleared').map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
      expect((await arrival(cleared)).messageText).toBe(encode('fail'));
    });
  });
});
