import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { createCertificate } from '../../../local/stack/certificate.ts';
import {
  type GraphStandIn,
  type GraphStandInOptions,
  startGraphStandIn,
} from '../../../local/stand-ins/graph/graph-stand-in.ts';
import {
  type IdentityEndpoint,
  startIdentityEndpoint,
} from '../../../local/stand-ins/identity/identity-endpoint.ts';
import { createTokenIssuer, type TokenIssuer } from '../../../local/stand-ins/identity/token-issuer.ts';
import type { CreateExternalGroup } from '../../../src/graph/create-external-group.ts';
import { createGraph, type Graph } from '../../../src/graph/graph.ts';
import { clouds } from '../../../src/settings/clouds.ts';
import { lazily } from '../../../src/shared/lazily.ts';
import { silentTelemetry } from '../../../src/telemetry/telemetry.ts';
import { newTrace } from '../../../src/telemetry/trace-context.ts';

export interface GraphClient {
  readonly graph: GraphStandIn;
  readonly identity: IdentityEndpoint;
  readonly tokens: TokenIssuer;
  readonly create: CreateExternalGroup;
  readonly write: Graph['write'];
  readonly read: Graph['read'];
  /** A client whose token cache is empty; the SDK's own static cache is still shared. */
  readonly newClient: (graphUrl?: string, graphDeadline?: number) => Graph;
  /** Forgets all calls and faults, and begins with a new client: a wait that Graph has named binds the old one. */
  readonly reset: () => void;
  readonly close: () => Promise<void>;
}

/** One for all clients: of two authorities with the same name, only the first would be used. */
const trustedCertificate = lazily(async () => {
  const tls = await createCertificate();
  setDefaultCACertificates([...getCACertificates('default'), tls.cert]);
  return tls;
});

/** Graph as this process calls it: the stand-in over TLS, with the real credential and client. */
export async function openGraphClient(options: Partial<GraphStandInOptions> = {}): Promise<GraphClient> {
  const tls = await trustedCertificate();
  const tokens = createTokenIssuer();
  const identity = await startIdentityEndpoint({ tokens });
  const graph = await startGraphStandIn({ ...options, tls, tokens });
  process.env.IDENTITY_ENDPOINT = identity.url;
  process.env.IDENTITY_HEADER = identity.header;
  const newClient = (graphUrl = graph.url, graphDeadline = 5_000) =>
    createGraph(
      { cloud: clouds.global, graphUrl, graphCredential: 'managed-identity', clientId: null, graphDeadline },
      silentTelemetry,
    );
  let current = newClient();
  return {
    graph,
    identity,
    tokens,
    create: (...call) => current.createExternalGroup(...call),
    write: (...call) => current.write(...call),
    read: (...call) => current.read(...call),
    newClient,
    reset: () => {
      graph.reset();
      identity.reset();
      current = newClient();
    },
    close: async () => {
      await graph.close();
      await identity.close();
    },
  };
}

/** Options of one attempt that has `ms` milliseconds. */
export function attemptWithin(ms: number, uncertain = false) {
  return { signal: AbortSignal.timeout(ms), trace: newTrace(), uncertain, urgent: true };
}
