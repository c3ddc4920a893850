import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clouds } from '../../src/settings/clouds.ts';
import { type ControlEndpoint, startControlEndpoint } from '../control/control-endpoint.ts';
import {
  type GraphStandIn,
  type GraphStandInOptions,
  startGraphStandIn,
} from '../stand-ins/graph/graph-stand-in.ts';
import { administrator } from '../stand-ins/identity/administrator.ts';
import { type IdentityEndpoint, startIdentityEndpoint } from '../stand-ins/identity/identity-endpoint.ts';
import {
  createTokenIssuer,
  type TokenIssuer,
  type TokenIssuerOptions,
} from '../stand-ins/identity/token-issuer.ts';
import { startTelemetrySink, type TelemetrySink } from '../stand-ins/telemetry/telemetry-sink.ts';
import { type Azurite, type AzuritePorts, startAzurite } from './azurite.ts';
import { type Certificate, createCertificate, writeCertificate } from './certificate.ts';
import type { Variables } from './clean-environment.ts';
import { createHostEnvironment } from './host-environment.ts';
import { type HostProcess, type HostProcessOptions, startHostProcess } from './host-process.ts';
import { createHosts } from './hosts.ts';

export interface StackOptions {
  /** `false` starts the services only; `startHost` starts the host later. */
  readonly functionsHost?: boolean;
  /** Settings of the app, on top of those that point it to the stand-ins; `undefined` deletes one. */
  readonly env?: Variables;
  /** Generated if absent. */
  readonly functionKey?: string;
  /** 0 or absent: any free port. */
  readonly ports?: {
    readonly functions?: number;
    readonly graph?: number;
    readonly identity?: number;
    readonly telemetry?: number;
    readonly control?: number;
    readonly azurite?: Partial<AzuritePorts>;
  };
  readonly graph?: Omit<GraphStandInOptions, 'tls' | 'tokens' | 'port'>;
  readonly tokens?: TokenIssuerOptions;
  /** A running Azurite, which is not stopped with the stack; absent: one of its own. */
  readonly azurite?: Azurite;
  /** Azurite over TLS, accepting tokens as well as the account key. */
  readonly storageOauth?: boolean;
  /** Keeps the storage's data here; absent: in memory. */
  readonly storageFolder?: string;
  /** KiB at which a file of the storage counts as full; absent: never. */
  readonly storageFullAt?: number;
  /** The folder of package.json and host.json; absent: this project. */
  readonly projectRoot?: string;
  /** How a host is started; absent: our own, as a child process. */
  readonly launchHost?: (options: HostProcessOptions) => Promise<HostProcess>;
  /** Called with every line that the functions host prints. */
  readonly onHostLine?: (line: string) => void;
}

/** Everything that runs, with handles to inspect it and to break it. */
export interface Stack {
  readonly certificate: Certificate;
  /** The PEM file for `NODE_EXTRA_CA_CERTS`. */
  readonly certFile: string;
  readonly tokens: TokenIssuer;
  readonly graph: GraphStandIn;
  readonly identity: IdentityEndpoint;
  readonly telemetry: TelemetrySink;
  readonly control: ControlEndpoint;
  readonly azurite: Azurite;
  readonly functionKey: string;
  /** The key to the admin routes. */
  readonly masterKey: string;
  /** A Graph token of a user who may grant roles, change connections and read groups. */
  readonly operatorToken: string;
  /** The complete environment of the functions host. */
  readonly env: Readonly<Record<string, string>>;
  /** The newest host, running or not. */
  readonly host: HostProcess | undefined;
  /** Newest lines of all hosts so far, oldest first. */
  hostLines(): string[];
  /** Runs a timer or queue function by hand; resolves when the host has started it. */
  runFunction(name: string, input?: string): Promise<void>;
  /** Starts a host, on the port that the stack was given or else any free one. */
  startHost(env?: Variables): Promise<HostProcess>;
  /** Stops everything and removes every temporary file. Safe to call twice. */
  close(): Promise<void>;
}

/** Starts a laptop-sized Azure: storage, identity, Graph, telemetry and, unless disabled, the functions host. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { ports = {}, functionKey = randomBytes(24).toString('base64url') } = options;
  const masterKey = randomBytes(24).toString('base64url');
  const undo: (() => Promise<unknown>)[] = [];
  const keep = <T extends { close(): Promise<unknown> }>(part: T): T => {
    undo.push(part.close);
    return part;
  };
  const close = async () => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };

  try {
    const certificate = await createCertificate();
    const files = await writeCertificate(certificate);
    undo.push(files.remove);
    const tokens = createTokenIssuer(options.tokens);
    // By far the slowest to start; the others start in the meantime.
    const starting =
      options.azurite ??
      startAzurite({
        ports: ports.azurite ?? {},
        ...(options.storageOauth ? { oauth: files } : {}),
        ...(options.storageFolder === undefined ? {} : { folder: options.storageFolder }),
        ...(options.storageFullAt === undefined ? {} : { fullAt: options.storageFullAt }),
      });
    if (starting instanceof Promise)
      undo.push(() => starting.then((azurite) => azurite.close()).catch(() => {}));
    const identity = keep(await startIdentityEndpoint({ tokens, port: ports.identity ?? 0 }));
    const graph = keep(
      await startGraphStandIn({ ...options.graph, tls: certificate, tokens, port: ports.graph ?? 0 }),
    );
    const telemetry = keep(await startTelemetrySink({ tls: certificate, port: ports.telemetry ?? 0 }));
    const control = keep(await startControlEndpoint({ graph, identity, telemetry }, ports.control));
    const azurite = await starting;

    const environment = createHostEnvironment(
      {
        AzureWebJobsStorage: azurite.connectionString,
        GRAPH_BASE_URL: graph.url,
        GRAPH_CREDENTIAL: 'managed-identity',
        IDENTITY_ENDPOINT: identity.url,
        IDENTITY_HEADER: identity.header,
        APPLICATIONINSIGHTS_CONNECTION_STRING: telemetry.connectionString,
        NODE_EXTRA_CA_CERTS: files.certFile,
        FUNCTIONS_HOST_KEY: functionKey,
        FUNCTIONS_HOST_MASTER_KEY: masterKey,
        // A restarted host knows which timers it has missed.
        FUNCTIONS_HOST_DATA: join(options.storageFolder ?? dirname(files.certFile), 'functions-host'),
      },
      options.env ?? {},
    );
    const hosts = createHosts({
      launch: options.launchHost ?? startHostProcess,
      projectRoot: options.projectRoot ?? fileURLToPath(new URL('../..', import.meta.url)),
      environment: (env) => environment({ FUNCTIONS_HOST_PORT: String(ports.functions ?? 0) }, env),
      masterKey,
      ...(options.onHostLine === undefined ? {} : { onLine: options.onHostLine }),
    });
    undo.push(hosts.stop);
    if (options.functionsHost !== false) await hosts.start();

    return {
      certificate,
      certFile: files.certFile,
      tokens,
      graph,
      identity,
      telemetry,
      control,
      azurite,
      functionKey,
      masterKey,
      operatorToken: tokens.issueToOperator(clouds.global.root, administrator),
      env: environment(),
      get host() {
        return hosts.newest();
      },
      hostLines: hosts.lines,
      runFunction: hosts.runFunction,
      startHost: hosts.start,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
