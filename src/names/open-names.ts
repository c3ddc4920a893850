import { hash } from 'node:crypto';
import type { Graph } from '../graph/graph.ts';
import type { TokenClaims } from '../graph/token-claims.ts';
import type { Settings } from '../settings/settings.ts';
import type { Clock } from '../shared/clock.ts';
import { lazily } from '../shared/lazily.ts';
import type { CredentialFor } from '../storage/credential.ts';
import type { LookUpNames } from './look-up-names.ts';

export interface OpenNamesOptions {
  readonly graph: Pick<Graph, 'findUsers' | 'probe'>;
  readonly credentialFor: CredentialFor;
  readonly clock: Clock;
}

/** Milliseconds for reading the token, which the lookup before has obtained. */
const identityWithin = 2_000;

/** The identity with its permissions to read users; a token that is not readable shows neither. */
function nameOf(claims: TokenClaims | null, clientId: string | null): string {
  if (claims === null) return clientId ?? 'system-assigned';
  const roles = hash('sha256', claims.roles.filter(isAboutUsers).sort().join(' '), 'hex').slice(0, 16);
  return `${claims.objectId ?? claims.clientId ?? 'unknown'}.${roles}`;
}

function isAboutUsers(role: string): boolean {
  return /^(?:User|Directory)\./.test(role);
}

/** The lookup of names over Entra ID and real storage, loaded on first use: most changes have none. */
export function openNames(
  { storage, clientId }: Pick<Settings, 'storage' | 'clientId'>,
  { graph, credentialFor, clock }: OpenNamesOptions,
): LookUpNames {
  const opened = lazily(async () => {
    if (storage === null) throw new Error('AzureWebJobsStorage is not set');
    const [{ createLookUpNames }, sighted, { createTable }, { ledgerTable }] = await Promise.all([
      import('./look-up-names.ts'),
      import('./sighted-kinds.ts'),
      import('../storage/table.ts'),
      import('../storage/table-names.ts'),
    ]);
    const table = createTable(ledgerTable, storage, credentialFor);
    const identity = async () => {
      const { claims } = await graph.probe();
      return nameOf(await claims(AbortSignal.timeout(identityWithin)), clientId);
    };
    return createLookUpNames({
      findUsers: graph.findUsers,
      sighted: sighted.createSightedKinds(table, identity),
      clock,
    });
  });
  return async (names, options) => (await opened())(names, options);
}
