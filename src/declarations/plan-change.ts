import { newHead } from '../ledger/head.ts';
import { pagesFor } from '../ledger/pages-to-read.ts';
import { reckon } from '../ledger/reckon.ts';
import { storageWithin } from '../storage/bounds.ts';
import { newTrace } from '../telemetry/trace-context.ts';
import type { PlanChange } from './declaration.ts';
import type { LedgerStore } from './ledger-store.ts';
import { refusalProblem } from './refusal-problem.ts';

/** Computes with the code that records. Reads without a lock: concurrent declarations may make the result outdated. */
export function createPlanChange(store: Pick<LedgerStore, 'readHead' | 'readPages'>): PlanChange {
  return async function planChange(change) {
    const { connectionId, groupId } = change;
    for (;;) {
      const { stored, now } = await store.readHead(connectionId, groupId, storageWithin.http);
      const head = stored?.head ?? newHead(connectionId, groupId, newTrace());
      const pages = await store.readPages(head, pagesFor(head, change), storageWithin.http);
      if (pages === null) continue;
      const { group, members, refusal } = reckon({ head, pages }, change, now());
      return {
        group,
        members,
        ...(refusal === null ? {} : { refused: refusalProblem(refusal, head, change) }),
      };
    }
  };
}
