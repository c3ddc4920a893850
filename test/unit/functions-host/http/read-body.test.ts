import { once } from 'node:events';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { readBody } from '../../../../packages/functions-host/src/http/read-body.ts';

it('a body is not awaited of a caller who left before it was to be read', async () => {
  const { promise: read, resolve } = Promise.withResolvers<Promise<Buffer>>();
  const server = createServer((request, response) => {
    // As a request that waits for its turn: nobody reads it, and nobody listens.
    request.once('close', () => setImmediate(() => resolve(readBody(request, response))));
    caller.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const caller = send({ port, host: '127.0.0.1', method: 'POST', headers: { 'content-length': 100 } });
  caller.on('error', () => undefined);
  caller.write('the beginning');
  try {
    await expect(read).rejects.toThrow('Unexpected end of request content.');
  } finally {
    server.close();
  }
});
