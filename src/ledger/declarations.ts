import type { ConnectionNames } from '../groups/connection-names.ts';
import type { Change } from './core/change.ts';
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

/** `spell`: the spelling in which a connection is recorded, whatever the spelling of a change. */
export function createDeclarations(
  ports: DeclarationPorts,
  { send, isAllowed }: Verification,
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
    hourlyPass: createHourlyPass(ports, isAllowed),
    verify: createVerify(ports, send, isAllowed),
    groupIsGoneSince: createGroupIsGoneSince(ports.store),
  };
}
