import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../local/stack/free-port.ts';
import { startFuncProcess } from '../../../local/stack/func-process.ts';

/** Core Tools that answer the first request after three seconds, and say so if a caller has left by then. */
const slowFunc = `#!${process.execPath}
const { createServer } = require('node:http');
const server = createServer((request, response) => {
  response.once('close', () => console.log(response.writableFinished ? 'SERVED' : 'LEFT'));
  setTimeout(() => response.end(), 3_000);
});
server.listen(Number(process.argv[4]), '127.0.0.1');
process.on('SIGINT', () => process.exit(0));
`;

it('a func that takes its time to start is waited for, and no request is cut off', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slow-func-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const func = join(folder, 'func');
  await writeFile(func, slowFunc);
  await chmod(func, 0o755);
  const lines: string[] = [];
  const options = { projectRoot: folder, env: {}, onLine: (line: string) => void lines.push(line) };
  const started = await startFuncProcess(func, await freePort(), options);
  await started.stop();
  expect(lines).toEqual(['SERVED']);
});

it('a func that ends is not waited for', async () => {
  const options = { projectRoot: tmpdir(), env: {}, onLine: () => undefined };
  await expect(startFuncProcess('/bin/false', await freePort(), options)).rejects.toThrow(
    'func start ended (1)',
  );
});
