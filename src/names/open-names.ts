import { hash } from 'node:crypto';
import type { Graph } from '../graph/graph.ts';
import type { TokenClaims } from '../graph/token-claims.ts';
import type { Settings } from '../settings/settings.ts';
import type { Clock } from '../shared/clock.ts';
import type { CredentialFor } from '../storage/credential.ts';
import { ledgerTable } from '../storage/stores.ts';
import { createTable } from '../storage/table.ts';
import { createLookUpNames, type LookUpNames } from './look-up-names.ts';
import { createReadableKinds } from './readable-kinds.ts';

interface OpenNamesOptions {
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

/** The lookup of names over Entra ID and real storage. */
export function openNames(
  { storage, clientId }: Pick<Settings, 'storage' | 'clientId'>,
  { graph, credentialFor, clock }: OpenNamesOptions,
): LookUpNames {
  const identity = async () => {
    const { claims } = await graph.probe();
    return nameOf(await claims(AbortSignal.timeout(identityWithin)), clientId);
  };
  const readable = createReadableKinds(createTable(ledgerTable, storage, credentialFor), identity, clock);
  return createLookUpNames({ findUsers: graph.findUsers, readable, clock });
}
