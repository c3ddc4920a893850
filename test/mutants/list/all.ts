import type { Mutant } from '../mutant.ts';
import { creations } from './creations.ts';
import { ledger } from './ledger.ts';
import { ledgerCore } from './ledger-core.ts';
import { names } from './names.ts';
import { queue } from './queue.ts';

/** Every mutant; their names are unique. */
export const allMutants: readonly Mutant[] = [...ledgerCore, ...ledger, ...creations, ...queue, ...names];
