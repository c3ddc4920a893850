import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTable } from '../../../src/storage/table.ts';

/** Lengths of the pages that the service answers with, whatever is asked for. */
const lengths = [600, 900, 100];

let server: Server;
let connectionString: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('NextRowKey') ?? 0);
    const value = Array.from({ length: lengths[page] ?? 0 }, (_, index) => ({
      'odata.etag': 'W/"1"',
      PartitionKey: 'p',
      RowKey: `g.${page}-${String(index).padStart(4, '0')}`,
    }));
    const isLast = page + 1 === lengths.length;
    response.writeHead(200, {
      'content-type': 'application/json',
      ...(isLast
        ? {}
        : { 'x-ms-continuation-NextPartitionKey': 'p', 'x-ms-continuation-NextRowKey': String(page + 1) }),
    });
    response.end(JSON.stringify({ value }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}/devstoreaccount1`;
  connectionString = `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${Buffer.from('k').toString('base64')};TableEndpoint=${at};`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it('a list from short pages has no more than was asked for, and goes on behind its last entity', async () => {
  const noIdentity = () => Promise.reject(new Error('there is no identity here'));
  const table = createTable('t', { kind: 'connection-string', connectionString }, noIdentity);
  const range = { partitionKey: 'p', from: 'g.', before: 'g/' };
  const { signal } = new AbortController();
  const some = await table.list({ ...range, most: 1_000 }, signal);
  expect([some.entities.length, some.isLast]).toEqual([1_000, false]);
  expect(some.entities.at(-1)?.rowKey).toBe('g.1-0399');
  const all = await table.list({ ...range, most: 1_600 }, signal);
  expect([all.entities.length, all.isLast]).toEqual([1_600, true]);
});
