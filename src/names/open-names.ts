import type { Graph } from '../graph/graph.ts';
import type { Settings } from '../settings/settings.ts';
import type { Clock } from '../shared/clock.ts';
import { lazily } from '../shared/lazily.ts';
import type { CredentialFor } from '../storage/credential.ts';
import type { LookUpNames } from './look-up-names.ts';

export interface OpenNamesOptions {
  readonly findUsers: Graph['findUsers'];
  readonly credentialFor: CredentialFor;
  readonly clock: Clock;
}

/** The lookup of names over Entra ID and real storage, loaded on first use: most changes have none. */
export function openNames(
  { storage, clientId }: Pick<Settings, 'storage' | 'clientId'>,
  { findUsers, credentialFor, clock }: OpenNamesOptions,
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
    return createLookUpNames({
      findUsers,
      sighted: sighted.createSightedKinds(table, clientId ?? 'system-assigned'),
      clock,
    });
  });
  return async (names, options) => (await opened())(names, options);
}
