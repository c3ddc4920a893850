import { createRing } from '../watch/ring.ts';
import type { Variables } from './clean-environment.ts';
import type { HostProcess, HostProcessOptions } from './host-process.ts';

interface HostsOptions {
  readonly launch: (options: HostProcessOptions) => Promise<HostProcess>;
  readonly projectRoot: string;
  /** The environment of the next host. */
  readonly environment: (env: Variables) => HostProcessOptions['env'];
  readonly masterKey: string;
  readonly onLine?: (line: string) => void;
}

/** The functions hosts of a stack: one at a time, unless a test wants more. */
export interface Hosts {
  /** Running or not. */
  newest(): HostProcess | undefined;
  /** Newest lines of all hosts so far, oldest first. */
  lines(): string[];
  /** Starts a host, on the port that the stack was given or else any free one. */
  start(env?: Variables): Promise<HostProcess>;
  /** Runs a timer or queue function by hand; resolves when the host has started it. */
  runFunction(name: string, input?: string): Promise<void>;
  stop(): Promise<void>;
}

export function createHosts({ launch, projectRoot, environment, masterKey, onLine }: HostsOptions): Hosts {
  const lines = createRing<string>(5_000);
  const started: HostProcess[] = [];
  const newest = () => started.at(-1);

  return {
    newest,
    lines: lines.entries,
    start: async (env = {}) => {
      const host = await launch({
        projectRoot,
        env: environment(env),
        onLine: (line) => {
          lines.push(line);
          onLine?.(line);
        },
      });
      started.push(host);
      return host;
    },
    runFunction: async (name, input = '') => {
      const response = await fetch(`${newest()?.url}/admin/functions/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-functions-key': masterKey },
        body: JSON.stringify({ input }),
      });
      if (response.status !== 202)
        throw new Error(`The host does not run ${name}: ${response.status} ${await response.text()}`);
    },
    stop: async () => {
      // The stand-ins stop next, so there is no point in waiting for work that waits for them.
      for (const host of started.toReversed()) await host.stop(4_000);
    },
  };
}
