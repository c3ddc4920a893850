import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOperations } from '../../../src/creations/operations/operations.ts';
import { createQueueSender, queueNames } from '../../../src/storage/queues.ts';
import { createTable } from '../../../src/storage/table.ts';

const within = 20_000;
const id = 'ab'.repeat(16);

interface Lie {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly encoding?: string;
  /** Announces this many bytes, and breaks off. */
  readonly length?: number;
}

const page = '<html><body>Sign in to the network</body></html>';
const messageList = `<?xml version="1.0"?><QueueMessagesList><QueueMessage><MessageId>m</MessageId>
  <InsertionTime>Thu, 01 Jan 2026 00:00:00 GMT</InsertionTime>`;
const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));

/** A proxy, or something in place of storage, that answers success to everything. */
describe('storage that lies', () => {
  let server: Server;
  let lie: Lie;
  let connectionString: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume().once('end', () => {
        const { status, type, body, encoding, length } = lie;
        response.writeHead(status, {
          'content-type': type,
          ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
          ...(length === undefined ? {} : { 'content-length': length }),
        });
        if (length === undefined) response.end(body);
        else response.write(body, () => response.destroy());
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}/devstoreaccount1`;
    connectionString = `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${Buffer.from('k').toString('base64')};QueueEndpoint=${at};TableEndpoint=${at};`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const noIdentity = () => Promise.reject(new Error('there is no identity here'));
  const storage = () => ({ kind: 'connection-string', connectionString }) as const;

  const lies: [string, Lie][] = [
    ['a page in place of its answer', { status: 200, type: 'text/html', body: page }],
    ['"created" with a page', { status: 201, type: 'text/html', body: page }],
    ['"created" with nothing', { status: 201, type: 'application/xml', body: '' }],
    ['"created" with an empty list', { status: 201, type: 'application/xml', body: '<QueueMessagesList/>' }],
    ['"created" with JSON', { status: 201, type: 'application/json', body: '{"ok":true}' }],
    ['half an answer', { status: 201, type: 'application/xml', body: messageList, length: 900 }],
    ['a redirect', { status: 302, type: 'text/html', body: page }],
    ['a gzip bomb', { status: 201, type: 'application/xml', body: bomb, encoding: 'gzip' }],
  ];
  it('is believed if it speaks as the queue does', async () => {
    const rest =
      '<InsertionTime>Sat, 21 Nov 2026 12:00:00 GMT</InsertionTime></QueueMessage></QueueMessagesList>';
    lie = { status: 201, type: 'application/xml', body: `${messageList}${rest}` };
    await createQueueSender(storage(), noIdentity).send(queueNames.work, {}, { delay: 0, within });
  });

  it.each(lies)('(%s) has not taken the message', async (_what, told) => {
    lie = told;
    const send = createQueueSender(storage(), noIdentity).send;
    await expect(send(queueNames.work, {}, { delay: 0, within })).rejects.toThrow();
  });

  it('is believed if it speaks as the table does', async () => {
    const body = `{"PartitionKey":"ab","RowKey":"${id}","odata.etag":"x","status":"running"}`;
    lie = { status: 200, type: 'application/json', body };
    expect(await createOperations(storage(), noIdentity).read(id, within)).toMatchObject({ id });
  });

  const signal = () => AbortSignal.timeout(within);
  const ledger = () => createTable('externalGroupLedger', storage(), noIdentity);
  const insert = { kind: 'insert', entity: { partitionKey: 'contosohr-0', rowKey: 'g.a' } } as const;
  const another = { kind: 'insert', entity: { partitionKey: 'contosohr-0', rowKey: 'g.b' } } as const;

  it.each<[string, Lie]>([
    ['a page in place of its answer', { status: 200, type: 'text/html', body: page }],
    ['"accepted" with a page', { status: 202, type: 'text/html', body: page }],
    ['"accepted" with nothing', { status: 202, type: 'multipart/mixed; boundary=b', body: '' }],
    ['a redirect', { status: 302, type: 'text/html', body: page }],
    [
      'half an answer',
      { status: 202, type: 'multipart/mixed; boundary=b', body: '--batchresponse_1', length: 900 },
    ],
  ])('(%s) has not taken a transaction', async (_what, told) => {
    lie = told;
    await expect(ledger().transact([insert, another], signal())).rejects.toThrow();
  });

  it.each<[string, Lie]>([
    ['a page in place of its answer', { status: 200, type: 'text/html', body: page }],
    ['"created" with a page', { status: 201, type: 'text/html', body: page }],
    ['"created" with nothing', { status: 201, type: 'application/json', body: '' }],
    ['a redirect', { status: 302, type: 'text/html', body: page }],
    ['half an answer', { status: 201, type: 'application/json', body: '{"PartitionKey":"', length: 900 }],
  ])('(%s) has not taken an entity', async (_what, told) => {
    lie = told;
    const replace = { ...insert, kind: 'replace', etag: 'x' } as const;
    const upsert = { ...insert, kind: 'upsert' } as const;
    for (const action of [insert, replace, upsert])
      await expect(ledger().transact([action], signal())).rejects.toThrow();
  });

  it('is not asked to delete one version in a transaction, which would delete any', async () => {
    const keys = { partitionKey: 'contosohr-0', rowKey: 'g.a' };
    const remove = { kind: 'delete', ...keys, etag: 'x' } as const;
    await expect(ledger().transact([another, remove], signal())).rejects.toThrow('one version');
  });

  it.each<[string, Lie]>([
    ['a page in place of its answer', { status: 200, type: 'text/html', body: page }],
    ['"not found" with a page', { status: 404, type: 'text/html', body: page }],
    [
      'another entity',
      {
        status: 200,
        type: 'application/json',
        body: '{"PartitionKey":"p","RowKey":"other","odata.etag":"x"}',
      },
    ],
    ['nothing', { status: 200, type: 'application/json', body: '' }],
  ])('(%s) shows no group, nor that there is none', async (_what, told) => {
    lie = told;
    await expect(ledger().read('contosohr-0', 'g.a', signal())).rejects.toThrow();
  });

  it.each<[string, Lie]>([
    ['a page in place of its answer', { status: 200, type: 'text/html', body: page }],
    ['"not found" with a page', { status: 404, type: 'text/html', body: page }],
  ])('(%s) lists nothing', async (_what, told) => {
    lie = told;
    await expect(
      ledger().list({ partitionKey: 'contosohr-0', from: 'g.', before: 'g/' }, signal()),
    ).rejects.toThrow();
  });

  it.each<[string, Lie]>([
    ['a page in place of its answer', { status: 200, type: 'text/html', body: page }],
    ['nothing', { status: 200, type: 'application/json', body: '' }],
    ['an empty object', { status: 200, type: 'application/json', body: '{}' }],
    ['another operation', { status: 200, type: 'application/json', body: '{"RowKey":"other"}' }],
    ['half an answer', { status: 200, type: 'application/json', body: '{"RowKey":"ab', length: 900 }],
    ['a redirect', { status: 302, type: 'text/html', body: page }],
    ['a gzip bomb', { status: 200, type: 'application/json', body: bomb, encoding: 'gzip' }],
  ])('(%s) shows no operation', async (_what, told) => {
    lie = told;
    await expect(createOperations(storage(), noIdentity).read(id, within)).rejects.toThrow();
  });
});
