import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:https';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Certificate, createCertificate, writeCertificate } from '../../../local/stack/certificate.ts';
import { type Listening, listen } from '../../../local/stack/listen.ts';
import { send } from './send.ts';

let certificate: Certificate;
let server: Listening;

beforeAll(async () => {
  certificate = await createCertificate();
  server = await listen(createServer(certificate, (_, response) => response.end('hello')));
});
afterAll(() => server.close());

test.each(['localhost', '127.0.0.1'])('a client that trusts it reaches %s', async (host) => {
  const answer = await send(`https://${host}:${server.port}/`, { ca: certificate.cert });
  expect(answer.text).toBe('hello');
});

test('a client that was not told to trust it refuses', async () => {
  await expect(send(`https://localhost:${server.port}/`)).rejects.toThrow(/self-signed/);
});

test('the certificate of another run is not trusted', async () => {
  const other = await createCertificate();
  await expect(send(`https://localhost:${server.port}/`, { ca: other.cert })).rejects.toThrow();
});

test('the files are private to the user and go when removed', async () => {
  const files = await writeCertificate(certificate);
  expect(statSync(files.keyFile).mode & 0o077).toBe(0);
  await files.remove();
  expect([files.certFile, files.keyFile].filter(existsSync)).toEqual([]);
});
