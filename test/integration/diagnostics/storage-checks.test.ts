import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Azurite } from '../../../local/stack/azurite.ts';
import type { CheckDefinition } from '../../../src/diagnostics/check.ts';
import { queueChecks } from '../../../src/diagnostics/checks/queues.ts';
import { storageChecks } from '../../../src/diagnostics/checks/storage.ts';
import { runChecks } from '../../../src/diagnostics/run-checks.ts';
import type { StorageSetting } from '../../../src/settings/storage-setting.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { createFetch } from '../../../src/shared/fetch.ts';
import { createStorageProbe, probeQueue } from '../../../src/storage/probe.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import { queues, tables } from '../../../src/storage/stores.ts';
import { openStorage, type Storage } from '../../support/storage.ts';
import { takeAccount } from '../../support/take-account.ts';

const minutes = 60_000;
const identity = { clientId: '11111111-2222-4333-8444-555555555555' };
const token = { token: 'a-token', expiresOnTimestamp: Date.now() + 3_600_000 };

async function run(storage: StorageSetting, now = Date.now) {
  const probe = createStorageProbe(storage, async () => ({ getToken: async () => token }), createFetch({}));
  const access = { identity: storage.kind === 'identity' ? identity : null, account: 'contosostore' };
  const port = { probe, access, stores: { queues, tables }, work: null, now };
  const definitions: readonly CheckDefinition[] = [...storageChecks(port), ...queueChecks(port)];
  const checks = await runChecks(definitions, { clock: systemClock, eachWithin: 5_000, allWithin: 13_000 });
  return new Map(checks.map((check) => [check.id, check]));
}

describe('storage that works', () => {
  let azurite: Azurite;
  let storage: Storage;
  const setting = () => ({ kind: 'connection-string', connectionString: azurite.connectionString }) as const;
  beforeAll(async () => {
    azurite = await takeAccount();
    storage = openStorage(azurite.connectionString);
  });
  beforeEach(() => storage.clear());

  it('passes, and keeps nothing of what was tried', async () => {
    for (const [id, { status }] of await run(setting())) expect([id, status]).toEqual([id, 'passed']);
    const queue = await storage.queue(probeQueue);
    expect((await queue.getProperties()).approximateMessagesCount).toBe(0);
    expect(await storage.operationStatuses()).toEqual(new Map());
  });

  it('says which queues and tables nobody has needed yet', async () => {
    const seen = (await run(setting())).get('table-read')?.seen;
    expect(seen).toMatch(/1 of 2 tables .*created when first needed: externalGroupLedger/);
  });

  it('counts poison messages and dead letters', async () => {
    await storage.sendJson({}, 'poison');
    await storage.sendJson({}, 'deadLetters');
    await storage.sendJson({}, 'deadLetters');
    const checks = await run(setting());
    expect(checks.get('poison-messages')).toMatchObject({
      status: 'failed',
      seen: `about 1 on ${queueNames.poison}`,
      fix: expect.stringContaining('az functionapp function list'),
    });
    expect(checks.get('dead-letters')).toMatchObject({
      status: 'failed',
      seen: `about 2 on ${queueNames.deadLetters}`,
      fix: expect.stringContaining('dead-letters redrive'),
    });
  });

  it('tells a message that nobody takes from one that has just come', async () => {
    await storage.sendJson({});
    expect((await run(setting())).get('oldest-message')).toMatchObject({ status: 'passed' });
    const later = await run(setting(), () => Date.now() + 20 * minutes);
    expect(later.get('oldest-message')).toMatchObject({
      status: 'failed',
      seen: `20 min on ${queueNames.work}`,
      fix: expect.stringContaining('the queue functions are disabled'),
    });
  });

  it.each([
    [10 * minutes, /^600 s ahead/],
    [-10 * minutes, /^600 s behind/],
  ])('finds a clock that is off by %i ms', async (off, seen) => {
    expect((await run(setting(), () => Date.now() + off)).get('clock')).toMatchObject({
      status: 'failed',
      // The test may take a second.
      seen: expect.stringMatching(new RegExp(seen.source.replace('600', '(?:59\\d|60\\d)'))),
      fix: expect.stringContaining('Set the clock'),
    });
  });
});

describe('storage that does not', () => {
  interface Answer {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Buffer;
  }
  let server: Server;
  let answer: Answer;
  let url: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume().once('end', () => {
        response.writeHead(answer.status, { ...answer.headers });
        response.end(answer.body ?? '');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/contosostore`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const key = Buffer.from('sesame-sesame').toString('base64');
  const byKey = () =>
    ({
      kind: 'connection-string',
      connectionString: `DefaultEndpointsProtocol=http;AccountName=contosostore;AccountKey=${key};QueueEndpoint=${url};TableEndpoint=${url}`,
    }) as const;
  const refusal = (status: number, code: string): Answer => ({
    status,
    headers: { 'x-ms-error-code': code, 'content-type': 'application/json' },
    body: JSON.stringify({ 'odata.error': { code, message: { lang: 'en', value: 'sesame' } } }),
  });

  it.each<[string, Answer, RegExp]>([
    ['the key', refusal(403, 'AuthenticationFailed'), /current key/],
    ['keys at all', refusal(403, 'KeyBasedAuthenticationNotPermitted'), /managedidentity/],
    ['the address', refusal(403, 'AuthorizationFailure'), /firewall/],
    ['what the signature permits', refusal(403, 'AuthorizationPermissionMismatch'), /signature or key/],
  ])('and refuses %s: each use of it says so, with its fix', async (_what, given, fix) => {
    answer = given;
    const checks = await run(byKey());
    expect(checks.get('queue-endpoint')).toMatchObject({ status: 'passed' });
    for (const id of ['queue-read', 'queue-write', 'table-read', 'table-write'])
      expect([id, checks.get(id)]).toMatchObject([id, { status: 'failed', fix: expect.stringMatching(fix) }]);
    expect(checks.get('poison-messages')).toMatchObject({ status: 'skipped' });
    expect(JSON.stringify([...checks.values()])).not.toMatch(/sesame|c2VzYW1l/);
  });

  it.each<[string, Answer]>([
    ['a page', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' }],
    ['nothing', { status: 200 }],
    ['half a document', { status: 200, headers: { 'content-type': 'application/json' }, body: '{"a":' }],
    [
      'a gzip bomb',
      {
        status: 200,
        headers: { 'content-encoding': 'gzip', 'content-type': 'application/xml' },
        body: gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20)),
      },
    ],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
  ])('but gives %s fails no run', async (_what, given) => {
    answer = given;
    const checks = await run(byKey());
    expect(checks.get('queue-write')).toMatchObject({ status: 'failed', fix: expect.any(String) });
    expect(JSON.stringify([...checks.values()])).not.toContain('Sign in');
  });
});
