import { toHead, toPage } from '../../../src/ledger/core/entity.ts';
import type { MemberEntry } from '../../../src/ledger/core/entry.ts';
import type { Head } from '../../../src/ledger/core/head.ts';
import { headRow, pageRows, partitionOfGroup } from '../../../src/ledger/core/keys.ts';
import type { Page } from '../../../src/ledger/core/page.ts';
import type { StoredEntity } from '../../../src/shared/table-action.ts';
import { ledgerTable } from '../../../src/storage/stores.ts';
import type { TableService } from '../world/table-service.ts';
import { nameOfHash } from './names.ts';
import { identityOf, type Told, unsequenced } from './told.ts';

/** A group as the ledger holds it. */
export interface LedgerView {
  readonly head: Head;
  /** By `memberKey`. */
  readonly entries: ReadonlyMap<string, MemberEntry>;
  readonly told: Told;
}

/** Entities are never changed in place: one that was read need not be read again. */
const heads = new WeakMap<StoredEntity, Head>();
const pages = new WeakMap<StoredEntity, Page>();

function once<T>(read: WeakMap<StoredEntity, T>, entity: StoredEntity, how: (entity: StoredEntity) => T): T {
  const known = read.get(entity);
  if (known !== undefined) return known;
  const made = how(entity);
  read.set(entity, made);
  return made;
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
  const head = once(heads, entity, (one) => toHead(one).head);
  const { from, before } = pageRows(groupId);
  const entries = new Map<string, MemberEntry>();
  for (const page of tables.list(ledgerTable, entity.partitionKey, from, before))
    for (const [key, entry] of once(pages, page, toPage)) entries.set(key, entry);
  return { head, entries, told: toTold(head, entries) };
}

/** What the ledger has been told of a group. */
export function toTold(head: Head, entries: LedgerView['entries']): Told {
  const members = new Set<string>();
  const sequences = new Map<string, number>();
  const names = new Map<string, string>();
  const remembered = new Map<string, string>();
  for (const [key, { wanted, sequence, nameHash }] of entries) {
    if (wanted) members.add(key);
    const identity = identityOf(key);
    if (sequence > Math.max(head.watermark, sequences.get(identity) ?? unsequenced))
      sequences.set(identity, sequence);
    if (nameHash === undefined) continue;
    (wanted || sequence > head.watermark ? names : remembered).set(identity, nameOfHash(nameHash));
  }
  const { want } = head;
  const group = want.kind === 'present' ? { displayName: want.displayName } : want.kind;
  const { sequence: groupSequence, watermark } = head;
  return { group, members, groupSequence, watermark, sequences, names, remembered };
}
