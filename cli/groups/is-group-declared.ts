import { groupPropertyNames } from '../../src/groups/group-properties.ts';
import type { GroupRecord } from '../../src/ledger/core/group-record.ts';
import { Failure } from '../failure.ts';
import { declareGroup, type LedgerClient } from './ledger-client.ts';

/**
 * Whether the group itself was declared, and not only its members; null: this key or signature may not ask. A record
 * without properties looks the same in both cases, so the adapter is asked what declaring it without properties would do.
 */
export async function isGroupDeclared(
  ledger: Pick<LedgerClient, 'plan'>,
  record: GroupRecord,
): Promise<boolean | null> {
  const { deleted, sequence } = record;
  if (deleted || groupPropertyNames.some((name) => record[name] !== null)) return true;
  try {
    const { group, refused } = await ledger.plan(declareGroup(record, record, sequence));
    return refused === undefined ? group !== 'create' : null;
  } catch (thrown) {
    // The key that reads need not be one that writes.
    if (thrown instanceof Failure) return null;
    throw thrown;
  }
}
