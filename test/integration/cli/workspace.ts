import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder in which to run the CLI. */
export interface Workspace {
  readonly folder: string;
  readonly path: (name: string) => string;
  readonly write: (name: string, text: string | Uint8Array) => Promise<void>;
  /** The file that the local stack writes while it runs. */
  readonly writeStack: (stack: object) => Promise<void>;
  readonly remove: () => Promise<void>;
}

export async function createWorkspace(): Promise<Workspace> {
  const folder = await mkdtemp(join(tmpdir(), 'external-groups-cli-'));
  const path = (name: string) => join(folder, name);
  return {
    folder,
    path,
    write: (name, text) => writeFile(path(name), text),
    writeStack: async (stack) => {
      await mkdir(path('.local'), { recursive: true });
      const running = { functionsUrl: 'http://127.0.0.1:9', functionKey: 'stack-key', pid: process.pid };
      await writeFile(path('.local/stack.json'), JSON.stringify({ ...running, ...stack }), { mode: 0o600 });
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
