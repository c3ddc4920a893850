import type { SpellConnection } from '../groups/connection-id.ts';
import type { LookUpNames } from '../names/look-up-names.ts';
import type { Settings } from '../settings/settings.ts';
import { lazily } from '../shared/lazily.ts';
import type { CredentialFor } from '../storage/credential.ts';
import type { Declarations } from './declarations.ts';
import type { Conduct, DeclarationPorts } from './ports.ts';

export interface OpenOptions
  extends Pick<DeclarationPorts, 'graph' | 'clock'>,
    Pick<Conduct, 'telemetry' | 'random'> {
  readonly credentialFor: CredentialFor;
  readonly spell: SpellConnection;
  readonly lookUpNames: LookUpNames;
}

/**
 * The use cases of declared groups over real storage, loaded on first use so that they do not slow down a cold start.
 * Without storage each rejects.
 */
export function openDeclarations(
  { storage, graphDeadline, giveUpAfter }: Pick<Settings, 'storage' | 'graphDeadline' | 'giveUpAfter'>,
  { credentialFor, spell, lookUpNames, graph, clock, telemetry, random }: OpenOptions,
): Declarations {
  const opened = lazily(async () => {
    if (storage === null) throw new Error('AzureWebJobsStorage is not set');
    const [
      { randomBytes, randomUUID },
      { createDeclarations },
      { createLedgerStore },
      { createLookQueue },
      { createStepQueue },
      sender,
      table,
      keys,
    ] = await Promise.all([
      import('node:crypto'),
      import('./declarations.ts'),
      import('./ledger-store.ts'),
      import('./look-queue.ts'),
      import('./sweep/step-queue.ts'),
      import('../storage/queues.ts'),
      import('../storage/table.ts'),
      import('./core/keys.ts'),
    ]);
    const queue = sender.createQueueSender(storage, credentialFor);
    const ports: DeclarationPorts = {
      store: createLedgerStore(
        table.createTable(keys.ledgerTable, storage, credentialFor),
        clock,
        // 72 bits: as good as unique among the few that a head remembers.
        () => randomBytes(9).toString('base64url'),
        spell,
      ),
      looks: createLookQueue(queue),
      graph,
      clock,
      conduct: { telemetry, random, newId: randomUUID, callTimeout: graphDeadline, giveUpAfter },
    };
    const isAllowed = (connectionId: string) => spell(connectionId) !== null;
    return createDeclarations(ports, { steps: createStepQueue(queue), isAllowed, lookUpNames });
  });
  return {
    declare: async (change, options) => (await opened()).declare(change, options),
    planChange: async (change) => (await opened()).planChange(change),
    look: async (message, options) => (await opened()).look(message, options),
    hourlyPass: async (options) => (await opened()).hourlyPass(options),
    verify: {
      begin: async () => (await opened()).verify.begin(),
      step: async (message, options) => (await opened()).verify.step(message, options),
      resume: async (message, options) => (await opened()).verify.resume(message, options),
    },
    groupIsGoneSince: async (connectionId, groupId, queuedOn) =>
      (await opened()).groupIsGoneSince(connectionId, groupId, queuedOn),
    ledger: {
      readGroup: async (connectionId, groupId) => (await opened()).ledger.readGroup(connectionId, groupId),
      listMembers: async (connectionId, groupId, options) =>
        (await opened()).ledger.listMembers(connectionId, groupId, options),
      listGroups: async (connectionId, options) => (await opened()).ledger.listGroups(connectionId, options),
    },
  };
}
