import type { LookUpNames } from '../names/look-up-names.ts';
import { createDeclare } from './declare.ts';
import { createDeclareByName, createPlanByName, type Declare, type PlanChange } from './declare-by-name.ts';
import type { DelayedQueue } from './delayed-queue.ts';
import { createGroupIsGoneSince, type GroupIsGoneSince } from './groups-gone.ts';
import { createLedgerReader, type LedgerReader } from './ledger-reader.ts';
import { createLook, type Look } from './look.ts';
import { createPlanChange } from './plan-change.ts';
import type { LedgerPorts } from './ports.ts';
import { createResolveChange } from './resolve-change.ts';
import type { SweepMessage } from './sweep/sweep-message.ts';
import { createWalks, type Walks } from './sweep/walks.ts';

/** The use cases of declared groups. */
export interface Ledger extends LedgerReader, Walks {
  readonly declare: Declare;
  readonly planChange: PlanChange;
  readonly look: Look;
  readonly groupIsGoneSince: GroupIsGoneSince;
}

interface LedgerOptions {
  readonly steps: DelayedQueue<SweepMessage>;
  readonly isAllowed: (connectionId: string) => boolean;
  /** Absent: names cannot be looked up. */
  readonly lookUpNames?: LookUpNames;
}

export function createLedger(
  ports: LedgerPorts,
  { steps, isAllowed, lookUpNames = withoutNames }: LedgerOptions,
): Ledger {
  const resolveChange = createResolveChange(lookUpNames);
  return {
    declare: createDeclareByName({ declare: createDeclare(ports), resolveChange, clock: ports.clock }),
    planChange: createPlanByName({ planChange: createPlanChange(ports), resolveChange }),
    look: createLook(ports),
    groupIsGoneSince: createGroupIsGoneSince(ports.store),
    ...createLedgerReader(ports.store),
    ...createWalks(ports, steps, isAllowed),
  };
}

const withoutNames: LookUpNames = () => Promise.reject(new Error('names are not looked up here'));
