import { type Member, memberKey } from '../../../src/groups/member.ts';
import { draft } from '../../../src/ledger/core/draft.ts';
import { transactionOf } from '../../../src/ledger/core/entity.ts';
import { noSequence } from '../../../src/ledger/core/entry.ts';
import { emptyPage, newHead } from '../../../src/ledger/core/head.ts';
import { limits } from '../../../src/ledger/core/timing.ts';
import { ledgerTable } from '../../../src/storage/stores.ts';
import { startOfTime } from '../world/world.ts';
import { connectionId, type DeclarationRun, groupIds } from './declaration-run.ts';
import { idsOf } from './in-graph.ts';
import { undeclared } from './told.ts';

const trace = { traceparent: `00-${'0'.repeat(31)}3-${'0'.repeat(15)}3-01` };
const yesterday = startOfTime - 86_400_000;

/** Puts a settled group into ledger and Graph, as it would be after a day of other changes. */
export function makePast({ world, settings, past }: DeclarationRun): void {
  const { prng } = world;
  if (settings.past === 'new') return;
  const [groupId] = groupIds;
  const isFull = settings.past === 'a full page';
  const members = isFull
    ? Array.from(
        { length: limits.page - 2 },
        (_, index): Member => ({ type: 'externalGroup', id: `other${index}` }),
      )
    : settings.members.filter(() => prng.chance(0.5));
  const bits = isFull ? 0 : prng.pick([1, 3, 5]);
  const group = { id: groupId, displayName: 'A', description: null };

  const work = draft({ head: newHead(connectionId, groupId, trace), pages: new Map() });
  work.update({
    want: { kind: 'present', displayName: group.displayName, description: group.description },
    seen: true,
    changedAt: yesterday,
    appliedAt: yesterday,
    look: 7,
    bits,
    pages: Array.from({ length: 2 ** bits }, () => emptyPage),
  });
  for (const { type, id } of members)
    work.set(memberKey({ type, id }), {
      type,
      id,
      wanted: true,
      step: 'done',
      current: 0,
      late: 0,
      said404: false,
      sequence: noSequence,
      isUnknown: false,
      code: null,
    });
  const keys = new Set(members.map(memberKey));
  past.set(groupId, { ...undeclared, group: { displayName: group.displayName }, members: keys });
  world.graph.put(connectionId, groupId, { group, members: idsOf(keys) });
  const connection = { partitionKey: 'connections', rowKey: connectionId, connectionId };
  world.tables.transact(ledgerTable, [{ kind: 'upsert', entity: connection }]);
  world.tables.transact(ledgerTable, transactionOf(null, work.seal(yesterday), 'past'));
}
