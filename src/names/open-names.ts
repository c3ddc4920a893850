import type { Graph } from '../graph/graph.ts';
import type { Settings } from '../settings/settings.ts';
import type { Clock } from '../shared/clock.ts';
import type { CredentialFor } from '../storage/credential.ts';
import { createTable } from '../storage/table.ts';
import { ledgerTable } from '../storage/table-names.ts';
import { createLookUpNames, type LookUpNames } from './look-up-names.ts';
import { createSightedKinds } from './sighted-kinds.ts';

export interface OpenNamesOptions {
  readonly findUsers: Graph['findUsers'];
  readonly credentialFor: CredentialFor;
  readonly clock: Clock;
}

/** The lookup of names over Entra ID and real storage. */
export function openNames(
  { storage, clientId }: Pick<Settings, 'storage' | 'clientId'>,
  { findUsers, credentialFor, clock }: OpenNamesOptions,
): LookUpNames {
  const table = createTable(ledgerTable, storage, credentialFor);
  const sighted = createSightedKinds(table, clientId ?? 'system-assigned');
  return createLookUpNames({ findUsers, sighted, clock });
}
