import type { QueueClient } from '@azure/storage-queue';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../support/until.ts';
import { type Azurite, runAzurite } from './run-azurite.ts';
import { type RunningHost, runHost } from './run-host.ts';
import { type App, writeApp } from './write-app.ts';

const entry = `
import { app } from '@azure/functions';
import { setTimeout as delay } from 'node:timers/promises';
const connection = 'AzureWebJobsStorage';
const say = (context, what, value) => context.log(what + ' ' + JSON.stringify(value));

app.storageQueue('works', {
  queueName: '%WORK_QUEUE%', connection,
  handler: (message, context) => say(context, 'worked', { message, metadata: context.triggerMetadata, trace: context.traceContext }),
});
app.storageQueue('fails', {
  queueName: 'fail', connection,
  handler: (message, context) => {
    say(context, 'tried', { message, attempt: context.triggerMetadata.dequeueCount, at: Date.now() });
    throw new Error('no luck');
  },
});
app.storageQueue('rescues', {
  queueName: 'rescue-poison', connection,
  handler: (message, context) => {
    say(context, 'rescued', { message, attempt: context.triggerMetadata.dequeueCount, at: Date.now() });
    if (message === 'fail once' && context.triggerMetadata.dequeueCount === 1) throw new Error('not yet');
  },
});
app.storageQueue('takes', {
  queueName: 'long', connection,
  handler: async (message, context) => {
    say(context, 'began', { message, attempt: context.triggerMetadata.dequeueCount, at: Date.now() });
    await delay(message.ms);
    say(context, 'finished', { message });
  },
});

const held = [];
let most = 0;
let done = 0;
app.storageQueue('holds', {
  queueName: 'gate', connection,
  handler: async () => {
    await new Promise((open) => { held.push(open); most = Math.max(most, held.length); });
    done++;
  },
});
app.http('state', { methods: ['GET'], authLevel: 'anonymous', handler: () => ({ jsonBody: { held: held.length, most, done } }) });
app.http('release', {
  methods: ['POST'], authLevel: 'anonymous', route: 'release/{count:int}',
  handler: (request) => { for (const open of held.splice(0, Number(request.params.count))) open(); return {}; },
});
app.hook.appTerminate(() => console.log('appTerminate ran'));
`;

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

const encode = (text: string): string => Buffer.from(text).toString('base64');
const decode = (text: string): string => Buffer.from(text, 'base64').toString();
const LEASE_SECONDS = 2;

describe('a queue function', () => {
  let azurite: Azurite;
  let app: App;
  let running: RunningHost | undefined;

  beforeAll(async () => {
    azurite = await runAzurite();
    app = await writeApp({ entry, host });
  });
  afterEach(async () => {
    await running?.end('SIGKILL');
    running = undefined;
  });
  afterAll(async () => {
    await azurite.stop();
    await app.remove();
  });

  async function start(env: Record<string, string> = {}): Promise<RunningHost> {
    running = await runHost(app.root, {
      AzureWebJobsStorage: azurite.connectionString,
      FUNCTIONS_HOST_QUEUE_LEASE: String(LEASE_SECONDS),
      WORK_QUEUE: 'work',
      ...env,
    });
    return running;
  }

  async function queue(name: string): Promise<QueueClient> {
    const client = azurite.queues.getQueueClient(name);
    await client.createIfNotExists();
    await client.clearMessages();
    return client;
  }

  const length = async (client: QueueClient): Promise<number> =>
    (await client.getProperties()).approximateMessagesCount ?? 0;

  const emptied = (client: QueueClient): Promise<true> => until(async () => (await length(client)) === 0);

  /** The JSON that the functions logged after a word. */
  const logged = (from: RunningHost, word: string) =>
    [...from.output().matchAll(new RegExp(` ${word} (\\{.*\\})$`, 'gm'))].map((match) =>
      JSON.parse(match[1] ?? ''),
    );

  it('is announced with its queue, settings in the name resolved', async () => {
    const { functions } = await start();
    expect(functions).toContainEqual({ name: 'works', type: 'queue', queueName: 'work' });
  });

  it('gets parsed JSON with the message properties, and a success deletes the message', async () => {
    const work = await queue('work');
    const sent = await work.sendMessage(encode('{"name":"Łódź","list":[1]}'));
    const from = await start();
    await from.seen(/works .*succeeded/);
    await emptied(work);
    const [{ message, metadata, trace }] = logged(from, 'worked');
    expect(message).toEqual({ name: 'Łódź', list: [1] });
    expect(metadata).toMatchObject({ id: sent.messageId, dequeueCount: 1, queueTrigger: message });
    expect(metadata.popReceipt).toEqual(expect.any(String));
    for (const name of ['insertionTime', 'expirationTime', 'nextVisibleTime']) {
      expect(metadata[name]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$/);
      expect(Date.parse(metadata[name])).not.toBeNaN();
    }
    expect(trace.traceParent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  it.each([
    ['plain text', 'plain text'],
    ['17', 17],
    ['true', true],
    ['', ''],
  ])('gets %j as %j', async (text, value) => {
    const work = await queue('work');
    await work.sendMessage(encode(text));
    const from = await start();
    await from.seen(/works .*succeeded/);
    expect(logged(from, 'worked')[0].message).toEqual(value);
  });

  it('sees its own properties hidden by properties of the payload', async () => {
    const work = await queue('work');
    await work.sendMessage(encode('{"ID":"mine","dequeueCount":99,"other":1}'));
    const from = await start();
    await from.seen(/works .*succeeded/);
    const [{ metadata }] = logged(from, 'worked');
    expect(metadata).toMatchObject({ id: 'mine', dequeueCount: 99 });
    expect(metadata).not.toHaveProperty('other');
  });

  it('that throws is tried again after visibilityTimeout, then its message is poison, unchanged', async () => {
    const fail = await queue('fail');
    const poison = await queue('fail-poison');
    await poison.delete();
    const raw = encode('{"a": 1}');
    await fail.sendMessage(raw);
    const from = await start();
    const [moved] = await until(async () => {
      const { receivedMessageItems } = await poison
        .receiveMessages()
        .catch(() => ({ receivedMessageItems: [] }));
      return receivedMessageItems.length > 0 && receivedMessageItems;
    });
    expect(moved?.messageText).toBe(raw);
    await emptied(fail);
    expect(from.output()).toContain('attempt 3 has reached maxDequeueCount 3: moved to fail-poison');
    const tried = logged(from, 'tried');
    expect(tried.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    for (const [index, { at }] of tried.slice(1).entries()) expect(at - tried[index].at).toBeGreaterThan(900);
  });

  it('is not invoked for a message beyond maxDequeueCount', async () => {
    const work = await queue('work');
    const poison = await queue('work-poison');
    await work.sendMessage(encode('often'));
    for (let count = 0; count < 3; count++) {
      const { receivedMessageItems } = await work.receiveMessages({ visibilityTimeout: 60 });
      for (const { messageId, popReceipt } of receivedMessageItems) {
        await work.updateMessage(messageId, popReceipt, undefined, 0);
      }
    }
    const from = await start();
    await until(async () => (await length(poison)) === 1);
    await emptied(work);
    expect(logged(from, 'worked')).toEqual([]);
  });

  it('is not invoked for a message that is not base64; poison gets its text, encoded', async () => {
    const work = await queue('work');
    const poison = await queue('work-poison');
    await work.sendMessage('{"plain":true}');
    const from = await start();
    await until(async () => (await length(poison)) === 1);
    await emptied(work);
    const { receivedMessageItems } = await poison.receiveMessages();
    expect(receivedMessageItems.map(({ messageText }) => decode(messageText))).toEqual(['{"plain":true}']);
    expect(logged(from, 'worked')).toEqual([]);
  });

  it('of a poison queue gets what cannot be decoded as it stands', async () => {
    const rescue = await queue('rescue-poison');
    await rescue.sendMessage('not base64!');
    await rescue.sendMessage(Buffer.from([0xff, 0xfe]).toString('base64'));
    const from = await start();
    await emptied(rescue);
    expect(
      logged(from, 'rescued')
        .map(({ message }) => message)
        .sort(),
    ).toEqual(['//4=', 'not base64!']);
  });

  it('of a poison queue that throws gets the message again when its lease ends', async () => {
    const rescue = await queue('rescue-poison');
    await rescue.sendMessage(encode('fail once'));
    const from = await start();
    await emptied(rescue);
    const [first, second, ...more] = logged(from, 'rescued');
    expect([first.attempt, second.attempt, more]).toEqual([1, 2, []]);
    expect(second.at - first.at).toBeGreaterThan((LEASE_SECONDS - 1) * 1000);
  });

  it('reads text as it is with messageEncoding none, set from the environment', async () => {
    const work = await queue('work');
    await work.sendMessage('{"plain":true}');
    const from = await start({ AzureFunctionsJobHost__extensions__queues__messageEncoding: 'none' });
    await emptied(work);
    expect(logged(from, 'worked')[0].message).toEqual({ plain: true });
  });

  it('may name a queue that comes later', async () => {
    const from = await start({ WORK_QUEUE: 'later' });
    const later = await queue('later');
    await later.sendMessage(encode('at last'));
    await from.seen(/works .*succeeded/);
    expect(from.output()).not.toContain('cannot be read');
  });

  it('has at most batchSize + newBatchThreshold messages in work', async () => {
    const gate = await queue('gate');
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
    const long = await queue('long');
    await long.sendMessage(encode(JSON.stringify({ ms: 2.4 * LEASE_SECONDS * 1000 })));
    const from = await start();
    await from.seen(/ finished /);
    await emptied(long);
    expect(logged(from, 'began')).toHaveLength(1);
    expect(from.errors()).toBe('');
  });

  it('finishes on SIGTERM, is deleted, and the appTerminate hook runs last', async () => {
    const long = await queue('long');
    await long.sendMessage(encode('{"ms":1000}'));
    const from = await start();
    await from.seen(/ began /);
    expect(await from.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(from.output()).toMatch(/ finished [\s\S]*succeeded[\s\S]*appTerminate ran/);
    expect(await length(long)).toBe(0);
  });

  it('killed in its work gets the message again when the lease ends', async () => {
    const long = await queue('long');
    await long.sendMessage(encode('{"ms":60000}'));
    const first = await start();
    await first.seen(/ began /);
    await first.end('SIGKILL');
    const second = await start();
    await second.seen(/ began /);
    const [before] = logged(first, 'began');
    const [after] = logged(second, 'began');
    expect(after.attempt).toBe(2);
    // Storage counts in whole seconds.
    expect(after.at - before.at).toBeGreaterThan((LEASE_SECONDS - 1) * 1000);
  });

  it('survives an outage of storage, which is logged once', async () => {
    const own = await runAzurite();
    const from = await start({ AzureWebJobsStorage: own.connectionString, WORK_QUEUE: 'work' });
    await own.stop();
    await from.seen(/queue work cannot be read/);
    const again = await runAzurite(own.port);
    try {
      const work = again.queues.getQueueClient('work');
      await work.create();
      await work.sendMessage(encode('after'));
      await from.seen(/works .*succeeded/);
      expect(from.output().match(/queue work cannot be read/g)).toHaveLength(1);
      expect(from.output()).toContain('queue work can be read again');
    } finally {
      await again.stop();
    }
  });
});
