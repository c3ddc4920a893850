import { randomBytes } from 'node:crypto';
import type { CanonicalId } from '../groups/connection-id.ts';
import type { LookUpNames } from '../names/look-up-names.ts';
import type { Settings } from '../settings/settings.ts';
import type { Runtime } from '../shared/runtime.ts';
import type { CredentialFor } from '../storage/credential.ts';
import { createQueueSender, queueNames } from '../storage/queues.ts';
import { ledgerTable } from '../storage/stores.ts';
import { createTable } from '../storage/table.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { createDelayedQueue } from './delayed-queue.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createLedgerStore } from './ledger-store.ts';
import type { LedgerPorts } from './ports.ts';

export interface OpenOptions extends Pick<LedgerPorts, 'graph'> {
  readonly credentialFor: CredentialFor;
  readonly canonicalId: CanonicalId;
  readonly lookUpNames: LookUpNames;
  readonly signals: { readonly telemetry: Telemetry; readonly runtime: Runtime };
}

/** The use cases of declared groups over real storage. Without storage each rejects. */
export function openLedger(
  { storage, graphDeadline, giveUpAfter }: Pick<Settings, 'storage' | 'graphDeadline' | 'giveUpAfter'>,
  { credentialFor, canonicalId, lookUpNames, graph, signals }: OpenOptions,
): Ledger {
  const { clock, random, newId } = signals.runtime;
  const { telemetry } = signals;
  const queue = createQueueSender(storage, credentialFor);
  const ports: LedgerPorts = {
    store: createLedgerStore(
      createTable(ledgerTable, storage, credentialFor),
      clock,
      // 72 bits: as good as unique among the few that a head remembers.
      () => randomBytes(9).toString('base64url'),
      canonicalId,
    ),
    looks: createDelayedQueue(queue, queueNames.changes),
    graph,
    clock,
    context: { telemetry, random, newId, callTimeout: graphDeadline, giveUpAfter },
  };
  const isAllowed = (connectionId: string) => canonicalId(connectionId) !== null;
  return createLedger(ports, {
    steps: createDelayedQueue(queue, queueNames.verifications),
    isAllowed,
    lookUpNames,
  });
}
