import type { LookUpNames } from '../names/look-up-names.ts';
import type { Declare, LedgerReader, PlanChange } from './declaration.ts';
import { createDeclare } from './declare.ts';
import { createDeclareByName, createPlanByName } from './declare-by-name.ts';
import { createGroupIsGoneSince, type GroupIsGoneSince } from './groups-gone.ts';
import { createLook, type Look } from './look.ts';
import { createPlanChange } from './plan-change.ts';
import type { DeclarationPorts } from './ports.ts';
import { createLedgerReader } from './read-ledger.ts';
import { createResolveChange } from './resolve-change.ts';
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

/** What the use cases need besides. */
export interface DeclarationOptions {
  readonly steps: StepQueue;
  readonly isAllowed: (connectionId: string) => boolean;
  /** Absent: names cannot be looked up. */
  readonly lookUpNames?: LookUpNames;
}

export function createDeclarations(
  ports: DeclarationPorts,
  { steps, isAllowed, lookUpNames = nobodyIsLookedUp }: DeclarationOptions,
): Declarations {
  const resolveChange = createResolveChange(lookUpNames);
  return {
    declare: createDeclareByName({ declare: createDeclare(ports), resolveChange, clock: ports.clock }),
    planChange: createPlanByName({ planChange: createPlanChange(ports), resolveChange }),
    ledger: createLedgerReader(ports.store),
    look: createLook(ports),
    ...createWalks(ports, steps, isAllowed),
    groupIsGoneSince: createGroupIsGoneSince(ports.store),
  };
}

const nobodyIsLookedUp: LookUpNames = () => Promise.reject(new Error('names are not looked up here'));
