import type { LookUpNames } from '../names/look-up-names.ts';
import type { Declare, LedgerReader, PlanChange } from './declaration.ts';
import { createDeclare } from './declare.ts';
import { createDeclareByName, createPlanByName } from './declare-by-name.ts';
import { createGroupIsGoneSince, type GroupIsGoneSince } from './groups-gone.ts';
import { createHourlyPass, type HourlyPass } from './hourly-pass.ts';
import { createLook, type Look } from './look.ts';
import { createPlanChange } from './plan-change.ts';
import type { DeclarationPorts } from './ports.ts';
import { createLedgerReader } from './read-ledger.ts';
import { createResolveChange } from './resolve-change.ts';
import { createVerify, type SendVerify, type Verify } from './verify.ts';

/** The use cases of declared groups. */
export interface Declarations {
  readonly declare: Declare;
  readonly planChange: PlanChange;
  readonly ledger: LedgerReader;
  readonly look: Look;
  readonly hourlyPass: HourlyPass;
  readonly verify: Verify;
  readonly groupIsGoneSince: GroupIsGoneSince;
}

/** What the use cases need besides. */
export interface DeclarationOptions {
  readonly send: SendVerify;
  readonly lookUpNames?: LookUpNames;
  readonly isAllowed: (connectionId: string) => boolean;
}

export function createDeclarations(
  ports: DeclarationPorts,
  { send, isAllowed, lookUpNames = nobodyIsLookedUp }: DeclarationOptions,
): Declarations {
  const resolveChange = createResolveChange(lookUpNames);
  return {
    declare: createDeclareByName({ declare: createDeclare(ports), resolveChange, clock: ports.clock }),
    planChange: createPlanByName({ planChange: createPlanChange(ports), resolveChange }),
    ledger: createLedgerReader(ports.store),
    look: createLook(ports),
    hourlyPass: createHourlyPass(ports, isAllowed),
    verify: createVerify(ports, send, isAllowed),
    groupIsGoneSince: createGroupIsGoneSince(ports.store),
  };
}

const nobodyIsLookedUp: LookUpNames = () => Promise.reject(new Error('names are not looked up here'));
