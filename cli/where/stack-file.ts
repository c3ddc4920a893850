import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Failure } from '../failure.ts';

/** What the local stack writes about itself while it runs. */
export interface StackFile {
  readonly functionsUrl: string;
  readonly functionKey: string;
  readonly storage: string;
  readonly pid: number;
  /** The key to its admin routes. */
  readonly masterKey: string | null;
  /** The Standard Webhooks secret that counts for its connection; null: requests need no signature. */
  readonly webhookSecret: string | null;
  readonly graph: StackGraph | null;
}

/** The stand-in for Graph, and the credentials of an administrator of its tenant. */
interface StackGraph {
  readonly url: string;
  /** PEM. */
  readonly certificate: string;
  readonly operatorToken: string;
}

const name = join('.local', 'stack.json');
const howToStart = 'start it with "npm start", or name a storage account with --storage or --account.';

/** Reads `.local/stack.json` of the folder or of the nearest one above it; throws a sentence if none runs. */
export function readStackFile(folder: string): StackFile {
  const path = find(folder);
  if (path === null) throw new Failure(`No local stack is running here (there is no ${name}); ${howToStart}`);
  const shown = relative(folder, path);
  const objection = distrust(statSync(path), process.getuid?.() ?? null);
  if (objection !== null) throw new Failure(`${shown} is not used: ${objection}; ${howToStart}`);
  const stack = narrow(parse(read(path)));
  if (stack === null) throw new Failure(`${shown} was not written by the local stack; ${howToStart}`);
  if (!isAlive(stack.pid)) throw new Failure(`The local stack of ${shown} has ended; ${howToStart}`);
  return stack;
}

/**
 * Why a file must not say where requests and keys go; null: it may. A folder above may belong to anybody, such as
 * `/tmp`. `userId` null: this system has no such owners.
 */
export function distrust(
  { uid, mode }: { readonly uid: number; readonly mode: number },
  userId: number | null,
): string | null {
  if (userId === null) return null;
  if (uid !== userId) return 'it belongs to another user';
  return (mode & 0o022) === 0 ? null : 'other users may write to it';
}

function find(folder: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, name);
    if (read(path) !== null) return path;
    if (dirname(at) === at) return null;
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function parse(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
}

function narrow(value: unknown): StackFile | null {
  if (typeof value !== 'object' || value === null) return null;
  const { functionsUrl, functionKey, storage, pid, graph, ...rest }: Record<string, unknown> = { ...value };
  const good =
    typeof functionsUrl === 'string' &&
    typeof functionKey === 'string' &&
    typeof storage === 'string' &&
    typeof pid === 'number';
  if (!good) return null;
  const masterKey = typeof rest.masterKey === 'string' ? rest.masterKey : null;
  const webhookSecret = typeof rest.webhookSecret === 'string' ? rest.webhookSecret : null;
  return { functionsUrl, functionKey, storage, pid, masterKey, webhookSecret, graph: narrowGraph(graph) };
}

function narrowGraph(value: unknown): StackGraph | null {
  if (typeof value !== 'object' || value === null) return null;
  const { url, certificate, operatorToken }: Record<string, unknown> = { ...value };
  const good =
    typeof url === 'string' && typeof certificate === 'string' && typeof operatorToken === 'string';
  return good ? { url, certificate, operatorToken } : null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // Alive, but another user's.
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}
