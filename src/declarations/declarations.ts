import type { Declare, LedgerReader, PlanChange } from './declaration.ts';
import { createDeclare } from './declare.ts';
import { createLook, type Look } from './look.ts';
import { createPlanChange } from './plan-change.ts';
import type { DeclarationPorts } from './ports.ts';
import { createLedgerReader } from './read-ledger.ts';

/** The use cases of declared groups. */
export interface Declarations {
  readonly declare: Declare;
  readonly planChange: PlanChange;
  readonly ledger: LedgerReader;
  readonly look: Look;
}

export function createDeclarations(ports: DeclarationPorts): Declarations {
  return {
    declare: createDeclare(ports),
    planChange: createPlanChange(ports.store),
    ledger: createLedgerReader(ports.store),
    look: createLook(ports),
  };
}
