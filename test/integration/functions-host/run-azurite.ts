import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { QueueServiceClient } from '@azure/storage-queue';

export interface Azurite {
  port: number;
  connectionString: string;
  queues: QueueServiceClient;
  stop(): Promise<void>;
}

// Azurite's well-known account: https://learn.microsoft.com/azure/storage/common/storage-use-azurite
const NAME = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** Runs Azurite's queue service, in memory, on the given port or a free one. */
export async function runAzurite(port = 0): Promise<Azurite> {
  const script = createRequire(import.meta.url).resolve('azurite/dist/src/queue/main.js');
  const flags = ['--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry', '--silent'];
  const child = spawn(process.execPath, [script, '--queuePort', String(port), ...flags], {
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const bound = await new Promise<number>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`Azurite ended: ${output}`)));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const found = /successfully listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
  });
  const connectionString = [
    'DefaultEndpointsProtocol=http',
    `AccountName=${NAME}`,
    `AccountKey=${KEY}`,
    `QueueEndpoint=http://127.0.0.1:${bound}/${NAME}`,
  ].join(';');
  return {
    port: bound,
    connectionString,
    queues: QueueServiceClient.fromConnectionString(connectionString),
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
