import { AdapterError } from '../problems/adapter-error.ts';
import type { Problem } from '../problems/problem.ts';
import { inTurns } from '../shared/steps.ts';
import { storageWithin } from '../storage/bounds.ts';
import { newTrace } from '../telemetry/trace-context.ts';
import type { Change } from './core/change.ts';
import { computeEffects } from './core/effects.ts';
import { newHead } from './core/head.ts';
import { pagesFor } from './core/pages-to-read.ts';
import type { LedgerPorts } from './ports.ts';
import { refusalProblem } from './refusal-problem.ts';

/** What a change would do, computed with the code that records it. */
export interface Plan {
  readonly group: 'create' | 'update' | 'delete' | 'unchanged';
  readonly members: { readonly add: number; readonly remove: number; readonly unchanged: number };
  readonly refused?: Problem;
}

/** The same of a change whose members all have ids. */
export interface PlanOfIds extends Plan {
  /** JSON pointers to removals by a name that no user has and by which no member was declared. */
  readonly unmatched: readonly string[];
  /** Everything it names has its sequence or a higher one. */
  readonly superseded: boolean;
}

/** Computes the effect of a change whose members all have ids; writes nothing and does not call Graph. */
export type PlanById = (change: Change) => Promise<PlanOfIds>;

/** Milliseconds in all, however often the group changes while it is read. */
const planWithin = 2 * storageWithin.http;

/** Computes with the code that records, from one state of the ledger; what is declared afterwards may make it outdated. */
export function createPlanChange({ store, clock }: Pick<LedgerPorts, 'store' | 'clock'>): PlanById {
  return async function planChange(change) {
    const { connectionId, groupId } = change;
    const read = () => store.readHead(connectionId, groupId, storageWithin.http);
    const endBy = clock.monotonic() + planWithin;
    while (clock.monotonic() < endBy) {
      const { stored, now } = await read();
      const head = stored?.head ?? newHead(connectionId, groupId, newTrace());
      const asked = pagesFor(head, change);
      const pages = await store.readPages(head, asked, storageWithin.http);
      if (pages === null) continue;
      // The pages may be newer than their head, and split meanwhile.
      if (asked.length > 0 && (await read()).stored?.etag !== stored?.etag) continue;
      const { group, members, refusal, names, superseded } = await inTurns(
        computeEffects({ head, pages }, change, now()),
        clock,
      );
      return {
        group,
        members,
        unmatched: names.unmatched,
        superseded,
        ...(refusal === null ? {} : { refused: refusalProblem(refusal, head, change) }),
      };
    }
    throw new AdapterError('ledger-unavailable', 'The ledger cannot be read now.', {
      message: `group ${groupId} of ${connectionId} did not hold still for ${planWithin} ms`,
    });
  };
}
