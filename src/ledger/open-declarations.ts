import { randomBytes } from 'node:crypto';
import type { SpellConnection } from '../groups/connection-id.ts';
import type { LookUpNames } from '../names/look-up-names.ts';
import type { Settings } from '../settings/settings.ts';
import type { Runtime } from '../shared/runtime.ts';
import type { CredentialFor } from '../storage/credential.ts';
import { createQueueSender } from '../storage/queues.ts';
import { createTable } from '../storage/table.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { ledgerTable } from './core/keys.ts';
import { createDeclarations, type Declarations } from './declarations.ts';
import { createLedgerStore } from './ledger-store.ts';
import { createLookQueue } from './look-queue.ts';
import type { DeclarationPorts } from './ports.ts';
import { createStepQueue } from './sweep/step-queue.ts';

export interface OpenOptions extends Pick<DeclarationPorts, 'graph'> {
  readonly credentialFor: CredentialFor;
  readonly spell: SpellConnection;
  readonly lookUpNames: LookUpNames;
  readonly signals: { readonly telemetry: Telemetry; readonly runtime: Runtime };
}

/** The use cases of declared groups over real storage. Without storage each rejects. */
export function openDeclarations(
  { storage, graphDeadline, giveUpAfter }: Pick<Settings, 'storage' | 'graphDeadline' | 'giveUpAfter'>,
  { credentialFor, spell, lookUpNames, graph, signals }: OpenOptions,
): Declarations {
  const { clock, random, newId } = signals.runtime;
  const { telemetry } = signals;
  const queue = createQueueSender(storage, credentialFor);
  const ports: DeclarationPorts = {
    store: createLedgerStore(
      createTable(ledgerTable, storage, credentialFor),
      clock,
      // 72 bits: as good as unique among the few that a head remembers.
      () => randomBytes(9).toString('base64url'),
      spell,
    ),
    looks: createLookQueue(queue),
    graph,
    clock,
    conduct: { telemetry, random, newId, callTimeout: graphDeadline, giveUpAfter },
  };
  const isAllowed = (connectionId: string) => spell(connectionId) !== null;
  return createDeclarations(ports, { steps: createStepQueue(queue), isAllowed, lookUpNames });
}
