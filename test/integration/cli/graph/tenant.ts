import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { createOperatorGraph, type OperatorGraph } from '../../../../cli/graph/operator-graph.ts';
import { type Certificate, createCertificate } from '../../../../local/stack/certificate.ts';
import {
  type GraphStandIn,
  type GraphStandInOptions,
  startGraphStandIn,
} from '../../../../local/stand-ins/graph/graph-stand-in.ts';
import { createTokenIssuer, type TokenIssuer } from '../../../../local/stand-ins/identity/token-issuer.ts';
import { clouds } from '../../../../src/settings/clouds.ts';
import { createFetch } from '../../../../src/shared/fetch.ts';
import { lazily } from '../../../../src/shared/lazily.ts';

export const audience = 'https://graph.microsoft.com';
export const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10';
export const applicationAdministrator = '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3';

/** A tenant whose Graph is the stand-in, over TLS, and operators signed in to it. */
export interface Tenant {
  readonly tls: Certificate;
  readonly tokens: TokenIssuer;
  readonly graph: GraphStandIn;
  /** With a user's token with this directory role. */
  readonly asPerson: (directoryRole: string, isPublicCloud?: boolean) => OperatorGraph;
  /** With an app's token with these application roles. */
  readonly asApp: (...roles: string[]) => OperatorGraph;
  readonly with: (token: () => Promise<string>, isPublicCloud?: boolean) => OperatorGraph;
  readonly close: () => Promise<void>;
}

/** One per process: two authorities of the same name would conflict. */
const certificate = lazily(async () => {
  const tls = await createCertificate();
  setDefaultCACertificates([...getCACertificates('default'), tls.cert]);
  return tls;
});

export async function openTenant(
  options: Partial<GraphStandInOptions> = {},
  roles: readonly string[] = [],
): Promise<Tenant> {
  const tls = await certificate();
  const tokens = createTokenIssuer({ roles });
  const graph = await startGraphStandIn({ ...options, tls, tokens });
  const asOperator = (token: () => Promise<string>, isPublicCloud = true) =>
    createOperatorGraph({
      root: graph.url,
      cloud: clouds.global,
      isPublicCloud,
      label: 'stand-in',
      fetch: createFetch({}),
      token,
    });
  return {
    tls,
    tokens,
    graph,
    with: asOperator,
    asPerson: (directoryRole, isPublicCloud) =>
      asOperator(
        async () =>
          tokens.issueToOperator(audience, {
            scopes: ['AppRoleAssignment.ReadWrite.All', 'Directory.AccessAsUser.All'],
            directoryRoles: [directoryRole],
          }),
        isPublicCloud,
      ),
    asApp: (...granted) => {
      return asOperator(async () => {
        const before = tokens.roles();
        tokens.setRoles(granted);
        const { token } = tokens.issue(audience, 'indexer-app');
        tokens.setRoles(before);
        return token;
      });
    },
    close: () => graph.close(),
  };
}

/** A clock on which a wait completes at once, advancing the time. */
export function fakeTime() {
  let at = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => at,
    pause: async (milliseconds: number) => {
      waits.push(milliseconds);
      at += milliseconds;
    },
  };
}
