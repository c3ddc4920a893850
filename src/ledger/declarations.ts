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

export function createDeclarations(ports: DeclarationPorts, { steps, isAllowed }: Walking): Declarations {
  return {
    declare: createDeclare(ports),
    planChange: createPlanChange(ports),
    ledger: createLedgerReader(ports.store),
    look: createLook(ports),
    ...createWalks(ports, steps, isAllowed),
    groupIsGoneSince: createGroupIsGoneSince(ports.store),
  };
}
