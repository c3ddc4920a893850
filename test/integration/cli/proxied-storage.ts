import { queueNames } from '../../../src/storage/queues.ts';
import { type Passing, type QueueProxy, startQueueProxy } from '../../support/queue-proxy.ts';
import type { StartedStorage } from '../../support/storage.ts';
import { runCli } from './run-cli.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

/** A storage account behind a proxy that may fail any request, and a folder whose commands use it. */
export interface ProxiedStorage<S extends StartedStorage> {
  readonly storage: S;
  readonly proxy: QueueProxy;
  readonly workspace: Workspace;
  /** Lets everything pass again, and empties the queues. */
  readonly reset: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function startProxiedStorage<S extends StartedStorage>(
  starting: Promise<S>,
): Promise<ProxiedStorage<S>> {
  const storage = await starting;
  const proxy = await startQueueProxy(storage.connectionString, storage.queueUrl);
  const workspace = await createWorkspace();
  await workspace.writeStack({ storage: proxy.connectionString });
  return {
    storage,
    proxy,
    workspace,
    reset: async () => {
      proxy.judge(() => 'pass');
      await storage.clear();
    },
    close: async () => {
      await proxy.close();
      await storage.close();
      await workspace.remove();
    },
  };
}

/** Whether a request sends a creation. */
export const isSend = ({ method, path }: Passing) =>
  method === 'POST' && path.includes(`/${queueNames.work}/messages`);

/** Runs `send` in the folder. */
export function createSend({ workspace }: Pick<ProxiedStorage<StartedStorage>, 'workspace'>) {
  return (args: readonly string[], stdin = '') =>
    runCli(['send', ...args, '--json'], { folder: workspace.folder, stdin });
}

/** Lines of NDJSON, one group each, with the ids `g1`, `g2` and so on. */
export function manyGroups(count: number): string[] {
  return Array.from(
    { length: count },
    (_, index) =>
      `{"connectionId":"contosohr","group":{"id":"g${index + 1}","displayName":"Group ${index + 1}"}}\n`,
  );
}

/** The numbers in the ids of the groups whose creations are queued; the messages are hidden for ten minutes then. */
export async function queuedNumbers(storage: StartedStorage): Promise<number[]> {
  return (await storage.receive('work')).map(({ group }) => Number((group as { id: string }).id.slice(1)));
}
