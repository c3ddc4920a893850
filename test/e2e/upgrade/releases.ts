import { startHostProcess } from '../../../local/stack/host-process.ts';
import { type Stack, type StackOptions, startStack } from '../../../local/stack/stack.ts';
import { openStorage, type Storage } from '../../support/storage.ts';
import { impatient } from '../client.ts';
import { startOperator } from '../doctor-cli.ts';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Releases of the app that take turns on one storage and one Graph. */
export interface Releases {
  readonly stack: Stack;
  readonly storage: Storage;
  readonly start: (name: string) => Promise<void>;
  readonly stop: () => Promise<void>;
  /** A request below `/api/connections/contosohr/groups`; no release's answers are held against another's document. */
  readonly ask: (method: string, path: string, body?: unknown, prefer?: string) => Promise<Answer>;
  readonly askOperation: (id: unknown) => Promise<Answer>;
  /** By the command line of this release. */
  readonly redriveAll: () => Promise<void>;
  readonly groupsInGraph: () => readonly string[];
  readonly membersInGraph: (groupId: string) => readonly string[];
  readonly close: () => Promise<void>;
}

/** `folders`: the package of each release, by its name. */
export async function startReleases(
  folders: Readonly<Record<string, string>>,
  { env, ...options }: StackOptions,
): Promise<Releases> {
  let projectRoot = '';
  const stack = await startStack({
    ...options,
    env: { ...impatient, ...env },
    functionsHost: false,
    launchHost: (host) => startHostProcess({ ...host, projectRoot }),
  });
  const operator = await startOperator(stack);
  async function send(method: string, path: string, body?: unknown, prefer?: string): Promise<Answer> {
    const response = await fetch(`${stack.host?.url}/api/${path}`, {
      method,
      headers: {
        'x-functions-key': stack.functionKey,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(prefer === undefined ? {} : { prefer }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  }
  return {
    stack,
    storage: openStorage(stack.azurite.connectionString),
    start: async (name) => {
      projectRoot = folders[name] ?? '';
      await stack.startHost();
    },
    stop: async () => void (await stack.host?.stop()),
    ask: (method, path, body, prefer) => send(method, `connections/contosohr/groups${path}`, body, prefer),
    askOperation: (id) => send('GET', `operations/${id}`),
    redriveAll: async () => {
      const { code, stdout, stderr } = await operator.run(
        'dead-letters',
        'redrive',
        '--all',
        '--yes',
        '--json',
      );
      if (code !== 0) throw new Error(`not all were redriven: ${stdout}${stderr}`);
    },
    groupsInGraph: () => stack.graph.groups().map(({ id }) => id),
    membersInGraph: (groupId) =>
      stack.graph
        .groups()
        .filter(({ id }) => id === groupId)
        .flatMap(({ members }) => members.map(({ id }) => id))
        .sort(),
    close: async () => {
      await operator.close();
      await stack.close();
    },
  };
}
