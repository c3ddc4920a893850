import { memberKey } from '../../../src/groups/member.ts';
import { toHead, toPage } from '../../../src/ledger/entity.ts';
import type { Head } from '../../../src/ledger/head.ts';
import { headRow, ledgerTable, pageRows, partitionOfGroup } from '../../../src/ledger/keys.ts';
import type { MemberRegister } from '../../../src/ledger/register.ts';
import type { StoredEntity } from '../../../src/shared/table-action.ts';
import type { TableService } from '../world/table-service.ts';
import type { Desired } from './desired.ts';

/** A group as the ledger holds it. */
export interface LedgerView {
  readonly head: Head;
  /** By `memberKey`. */
  readonly registers: ReadonlyMap<string, MemberRegister>;
  readonly desired: Desired;
}

/** Null: never declared. `entity`: of the head, where it is not the one that the table holds now. */
export function viewLedger(
  tables: TableService,
  connectionId: string,
  groupId: string,
  entity: StoredEntity | null = tables.read(
    ledgerTable,
    partitionOfGroup(connectionId, groupId),
    headRow(groupId),
  ),
): LedgerView | null {
  if (entity === null) return null;
  const { head } = toHead(entity);
  const { from, before } = pageRows(groupId);
  const registers = new Map<string, MemberRegister>();
  for (const page of tables.list(ledgerTable, entity.partitionKey, from, before))
    for (const [key, register] of toPage(page)) registers.set(key, register);
  const wanted = [...registers.values()].filter((register) => register.wanted).map(memberKey);
  const { want } = head;
  const group = want.kind === 'present' ? { displayName: want.displayName } : want.kind;
  return { head, registers, desired: { group, members: new Set(wanted) } };
}
