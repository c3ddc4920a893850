import { startHostProcess } from '../../../local/stack/host-process.ts';
import { type Stack, type StackOptions, startStack } from '../../../local/stack/stack.ts';
import { openStorage, type Storage } from '../../support/storage.ts';
import { impatient } from '../client.ts';
import { startOperator } from '../doctor-cli.ts';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A request below `/api/connections/contosohr/groups`; no release's answers are held against another's document. */
export type Ask = (method: string, path: string, body?: unknown, prefer?: string) => Promise<Answer>;

/** Releases of the app that take turns on one storage and one Graph. */
export interface Releases {
  readonly stack: Stack;
  readonly storage: Storage;
  readonly start: (name: string) => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Starts a second one, as it is while instances are replaced. */
  readonly startBeside: (
    name: string,
  ) => Promise<{ readonly ask: Ask; readonly stop: () => Promise<unknown> }>;
  readonly ask: Ask;
  readonly askOperation: (id: unknown) => Promise<Answer>;
  /** By the command line of this release. */
  readonly redriveAll: () => Promise<void>;
  readonly groupsInGraph: () => readonly string[];
  readonly membersInGraph: (groupId: string) => readonly string[];
  readonly close: () => Promise<void>;
}

const groups = 'connections/contosohr/groups';

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
  async function send(
    at: string | undefined,
    method: string,
    path: string,
    body?: unknown,
    prefer?: string,
  ): Promise<Answer> {
    const response = await fetch(`${at}/api/${path}`, {
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
    startBeside: async (name) => {
      const data = `${stack.env.FUNCTIONS_HOST_DATA}-beside`;
      const host = await startHostProcess({
        projectRoot: folders[name] ?? '',
        env: { ...stack.env, FUNCTIONS_HOST_PORT: '0', FUNCTIONS_HOST_DATA: data },
        onLine: () => undefined,
      });
      return {
        ask: (method, path, ...rest) => send(host.url, method, `${groups}${path}`, ...rest),
        stop: () => host.stop(),
      };
    },
    ask: (method, path, ...rest) => send(stack.host?.url, method, `${groups}${path}`, ...rest),
    askOperation: (id) => send(stack.host?.url, 'GET', `operations/${id}`),
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
