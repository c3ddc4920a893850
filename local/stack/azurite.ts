import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { CertificateFiles } from './certificate.ts';
import { cleanEnvironment } from './clean-environment.ts';
import { exitOf, stopProcess } from './stop-process.ts';

/** Ports of the three services. */
export interface AzuritePorts {
  readonly blob: number;
  readonly queue: number;
  readonly table: number;
}

interface AzuriteOptions {
  /** 0 or absent: any free port. Fixed ports let a stopped Azurite come back at the same address. */
  readonly ports?: Partial<AzuritePorts>;
  /** Serves TLS and accepts bearer tokens as well as the account key. */
  readonly oauth?: CertificateFiles;
  /** Keeps its data here; absent: in memory only. */
  readonly folder?: string;
  /** Maximum KiB of any file it writes: writing more fails, as on a full disk. */
  readonly fullAt?: number;
  /** Names of further accounts, which share nothing with each other; {@link addressesOf} has their addresses. */
  readonly accounts?: readonly string[];
}

/** Where an account is. */
export interface AzuriteAddresses {
  readonly connectionString: string;
  /** Service addresses without a trailing slash, for the identity-based settings. */
  readonly endpoints: Readonly<Record<keyof AzuritePorts, string>>;
}

export interface Azurite extends AzuriteAddresses {
  readonly ports: AzuritePorts;
  readonly pid: number;
  /** SIGSTOP makes storage silent, SIGCONT brings it back, SIGKILL is a crash. */
  kill(signal: NodeJS.Signals): void;
  close(): Promise<void>;
}

/** Azurite's published development account; it protects nothing but this machine's emulator. */
const account = 'devstoreaccount1';
const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

const services = ['blob', 'queue', 'table'] as const;

/** The addresses of an account, of the development account unless told otherwise. */
export function addressesOf(ports: AzuritePorts, name = account, isSecure = false): AzuriteAddresses {
  const [scheme, host] = isSecure ? ['https', 'localhost'] : ['http', '127.0.0.1'];
  const endpoint = (service: keyof AzuritePorts) => `${scheme}://${host}:${ports[service]}/${name}`;
  const endpoints = { blob: endpoint('blob'), queue: endpoint('queue'), table: endpoint('table') };
  const connectionString = [
    `DefaultEndpointsProtocol=${scheme}`,
    `AccountName=${name}`,
    `AccountKey=${accountKey}`,
    `BlobEndpoint=${endpoints.blob}`,
    `QueueEndpoint=${endpoints.queue}`,
    `TableEndpoint=${endpoints.table};`,
  ].join(';');
  return { endpoints, connectionString };
}

/** Starts Azurite as a child process and resolves when all three services listen. */
export async function startAzurite(options: AzuriteOptions = {}): Promise<Azurite> {
  const executable = createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js');
  const preload = fileURLToPath(new URL('exit-with-parent.ts', import.meta.url));
  const { oauth, folder, fullAt, accounts = [], ports = {} } = options;
  const keys = [account, ...accounts].map((name) => `${name}:${accountKey}`);
  const [command, ...before] = limited(process.execPath, fullAt);
  const child = spawn(
    command,
    [
      ...before,
      '--disable-warning=ExperimentalWarning',
      '--import',
      preload,
      executable,
      ...services.flatMap((service) => [`--${service}Port`, String(ports[service] ?? 0)]),
      ...(oauth === undefined ? [] : ['--oauth', 'basic', '--cert', oauth.certFile, '--key', oauth.keyFile]),
      ...(folder === undefined ? ['--inMemoryPersistence'] : ['--location', folder]),
      '--skipApiVersionCheck',
      '--disableTelemetry',
      '--silent',
    ],
    // Azurite writes into its working directory unless configured otherwise; in memory it writes nothing.
    {
      cwd: folder ?? tmpdir(),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: cleanEnvironment(process.env, { AZURITE_ACCOUNTS: keys.join(';') }),
      detached: true,
    },
  );
  try {
    const bound = await readPorts(child);
    return {
      ports: bound,
      ...addressesOf(bound, account, oauth !== undefined),
      pid: child.pid ?? 0,
      kill: (signal) => void child.kill(signal),
      // Only data on disk justifies a graceful stop, which waits for idle connections.
      close: async () => void (await stopProcess(child, folder === undefined ? 0 : 3_000)),
    };
  } catch (error) {
    await stopProcess(child, 0);
    throw error;
  }
}

/** A command with a limit on file size; the shell replaces itself with the process. */
function limited(command: string, kibibytes: number | undefined): [string, ...string[]] {
  if (kibibytes === undefined) return [command];
  // In units of 512 bytes (POSIX ulimit).
  return ['/bin/sh', '-c', `ulimit -f ${kibibytes * 2} && exec "$0" "$@"`, command];
}

/** Reads the lines in which Azurite reports its ports; rejects with its own message if it ends instead. */
function readPorts(child: ChildProcess): Promise<AzuritePorts> {
  return new Promise((resolve, reject) => {
    const found = new Map<string, number>();
    const said: string[] = [];
    const read = (line: string) => {
      said.push(line);
      const [, service = '', port] =
        /Azurite (\w+) service is successfully listening at \S+:(\d+)/.exec(line) ?? [];
      if (port !== undefined) found.set(service.toLowerCase(), Number(port));
      const [blob, queue, table] = services.map((name) => found.get(name));
      if (blob !== undefined && queue !== undefined && table !== undefined) resolve({ blob, queue, table });
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', read);
    }
    child.once('error', reject);
    exitOf(child).then(() => reject(new Error(`Azurite did not start: ${said.slice(-2).join(' ')}`)), reject);
  });
}
