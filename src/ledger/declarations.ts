import type { Declare, LedgerReader, PlanChange } from './declaration.ts';
import { createDeclare } from './declare.ts';
import { createGroupIsGoneSince, type GroupIsGoneSince } from './groups-gone.ts';
import { createHourlyPass, type HourlyPass } from './hourly-pass.ts';
import { createLook, type Look } from './look.ts';
import { createPlanChange } from './plan-change.ts';
import type { DeclarationPorts } from './ports.ts';
import { createLedgerReader } from './read-ledger.ts';
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

/** What the verification needs besides. */
export interface Verification {
  readonly send: SendVerify;
  readonly isAllowed: (connectionId: string) => boolean;
}

export function createDeclarations(ports: DeclarationPorts, { send, isAllowed }: Verification): Declarations {
  return {
    declare: createDeclare(ports),
    planChange: createPlanChange(ports),
    ledger: createLedgerReader(ports.store),
    look: createLook(ports),
    hourlyPass: createHourlyPass(ports, isAllowed),
    verify: createVerify(ports, send, isAllowed),
    groupIsGoneSince: createGroupIsGoneSince(ports.store),
  };
}
