import { propertiesOf } from '../../src/groups/group-properties.ts';
import { type Member, memberKey } from '../../src/groups/member.ts';
import type { ChangeResult } from '../../src/ledger/change-result.ts';
import type { Change, RequestedChange } from '../../src/ledger/core/change.ts';
import type { GroupRecord } from '../../src/ledger/core/group-record.ts';
import type { Declare, PlanChange } from '../../src/ledger/declare-by-name.ts';
import type { LedgerReader } from '../../src/ledger/ledger-reader.ts';
import type { Plan } from '../../src/ledger/plan-change.ts';
import { createResolveChange } from '../../src/ledger/resolve-change.ts';

interface Held {
  record: GroupRecord;
  /** False: only its members were declared. */
  isDeclared: boolean;
  members: Map<string, Member>;
}

export interface MemoryLedger extends LedgerReader {
  readonly declare: Declare;
  readonly planChange: PlanChange;
  /** The requests so far, except dry runs. */
  readonly changes: Change[];
  /** Overrides the result of changes; null: no override. */
  intervene: (change: Change) => ChangeResult | null;
  readonly clear: () => void;
}

const resolveChange = createResolveChange(() => Promise.reject(new Error('nobody is named here')));

async function byId(requested: RequestedChange): Promise<Change> {
  const options = { milliseconds: 1, trace: { traceparent: '' }, urgent: false };
  return (await resolveChange(requested, options)).change;
}

/** Declared groups in memory, each change applied at once: for testing what uses the ledger. Pages have two entries. */
export function createMemoryLedger(): MemoryLedger {
  const groups = new Map<string, Held>();
  const changes: Change[] = [];
  const keyOf = (connectionId: string, groupId: string) => `${connectionId}/${groupId}`.toLowerCase();
  const find = (connectionId: string, groupId: string) => groups.get(keyOf(connectionId, groupId));

  function wantedBy(change: Change, had: ReadonlyMap<string, Member>): Map<string, Member> {
    if (change.kind === 'put-members') return byKey(change.members);
    if (change.kind !== 'patch-members') return new Map(change.kind === 'delete-group' ? [] : had);
    const wanted = new Map([...had, ...byKey(change.add)]);
    for (const member of change.remove) wanted.delete(memberKey(member));
    return wanted;
  }

  function computePlan(change: Change): Plan & { readonly wanted: Map<string, Member> } {
    const held = find(change.connectionId, change.groupId);
    const had = held?.members ?? new Map<string, Member>();
    const wanted = wantedBy(change, had);
    const remove = [...had.keys()].filter((key) => !wanted.has(key)).length;
    const unchanged = had.size - remove;
    const plan = {
      group: groupPlan(change, held),
      members: { add: wanted.size - unchanged, remove, unchanged },
      wanted,
    };
    const allowed = change.kind === 'put-members' ? (change.removals ?? 0) : Number.POSITIVE_INFINITY;
    if (remove <= 10 || remove * 2 <= had.size || remove <= allowed) return plan;
    const members = { removals: remove, members: had.size };
    return { ...plan, refused: { code: 'too-many-removals', detail: `${remove} of ${had.size}.`, members } };
  }

  const ledger: MemoryLedger = {
    changes,
    intervene: () => null,
    clear: () => {
      groups.clear();
      changes.length = 0;
      ledger.intervene = () => null;
    },
    planChange: async (requested) => {
      const change = await byId(requested);
      const { wanted: _wanted, ...plan } = computePlan(change);
      return plan;
    },
    declare: async (requested) => {
      const change = await byId(requested);
      const { refused, wanted } = computePlan(change);
      if (refused !== undefined) return { kind: 'refused', problem: refused };
      changes.push(change);
      const other = ledger.intervene(change);
      const held = find(change.connectionId, change.groupId);
      if (other !== null && 'record' in other && held !== undefined) held.record = other.record;
      if (other !== null) return other;
      const { connectionId, groupId: id } = change;
      const before = find(connectionId, id)?.record;
      const properties = propertiesOf(change.kind === 'put-group' ? change : (before ?? {}));
      const record: GroupRecord = {
        connectionId,
        id,
        ...properties,
        deleted: change.kind === 'delete-group',
        state: 'applied',
        members: { applied: wanted.size, applying: 0, failed: 0 },
        lastChangedDateTime: '2026-11-25T12:00:00.000Z',
      };
      const isDeclared = !/members$/.test(change.kind) || held?.isDeclared === true;
      groups.set(keyOf(connectionId, id), { record, isDeclared, members: wanted });
      return Promise.resolve({ kind: 'settled', record });
    },
    readGroup: (connectionId, groupId) => Promise.resolve(find(connectionId, groupId)?.record ?? null),
    listMembers: (connectionId, groupId, { state, cursor }) => {
      const held = find(connectionId, groupId);
      if (held === undefined) return Promise.resolve(null);
      const entries = [...held.members.values()].map(
        (member) => ({ ...member, wanted: true, state: 'applied' }) as const,
      );
      const shown = entries.filter((entry) => state === undefined || entry.state === state);
      return Promise.resolve({ groupId: held.record.id, ...pageOf(shown, cursor) });
    },
    listGroups: (connectionId, { state, cursor }) => {
      const records = [...groups.values()].map(({ record }) => record);
      const found = records.filter(
        (record) =>
          record.connectionId === connectionId &&
          (state === undefined || (state === 'deleted' ? record.deleted : record.state === state)),
      );
      return Promise.resolve(pageOf(found, cursor));
    },
  };
  return ledger;
}

function byKey(members: readonly Member[]): Map<string, Member> {
  return new Map(members.map((member) => [memberKey(member), member]));
}

function groupPlan(change: Change, held: Held | undefined): Plan['group'] {
  const before = held?.record;
  if (change.kind === 'delete-group') return before === undefined || before.deleted ? 'unchanged' : 'delete';
  if (change.kind !== 'put-group') return 'unchanged';
  if (before === undefined || before.deleted || held?.isDeclared === false) return 'create';
  const isSame = before.displayName === change.displayName && before.description === change.description;
  return isSame ? 'unchanged' : 'update';
}

function pageOf<T>(entries: readonly T[], cursor = '0') {
  const end = Number(cursor) + 2;
  return {
    entries: entries.slice(Number(cursor), end),
    ...(end < entries.length ? { next: String(end) } : {}),
  };
}
