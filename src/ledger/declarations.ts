import type { ConnectionNames } from '../groups/connection-names.ts';
import type { Change } from './core/change.ts';
import type { Declare, LedgerReader, PlanChange } from './declaration.ts';
import { createDeclare } from './declare.ts';
import { createGroupIsGoneSince, type GroupIsGoneSince } from './groups-gone.ts';
import { createLook, type Look } from './look.ts';
import { createPlanChange } from './plan-change.ts';
import type { DeclarationPorts } from './ports.ts';
import { createLedgerReader } from './read-ledger.ts';
import type { StepQueue } from './sweep/step-queue.ts';
import { createWalks, type Walks } from './sweep/walks.ts';

/** The use cases of declared groups. */
export interface Declarations extends Walks {
  readonly declare: Declare;
  readonly planChange: PlanChange;
  readonly ledger: LedgerReader;
  readonly look: Look;
  readonly groupIsGoneSince: GroupIsGoneSince;
}

/** What the walks over all groups need besides. */
export interface Walking {
  readonly steps: StepQueue;
  readonly isAllowed: (connectionId: string) => boolean;
}

/** `spell`: the spelling in which a connection is recorded, whatever the spelling of a change. */
export function createDeclarations(
  ports: DeclarationPorts,
  { steps, isAllowed }: Walking,
  spell: ConnectionNames['spell'] = (connectionId) => connectionId,
): Declarations {
  const declare = createDeclare(ports);
  const planChange = createPlanChange(ports);
  const spelled = (change: Change): Change => ({ ...change, connectionId: spell(change.connectionId) });
  return {
    declare: (change, options) => declare(spelled(change), options),
    planChange: (change) => planChange(spelled(change)),
    ledger: createLedgerReader(ports.store),
    look: createLook(ports),
    ...createWalks(ports, steps, isAllowed),
    groupIsGoneSince: createGroupIsGoneSince(ports.store),
  };
}
