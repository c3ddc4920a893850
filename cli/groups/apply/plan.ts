import type { Member } from '../../../src/groups/member.ts';
import { maxMembersBody } from '../../../src/http/read-body.ts';
import { eachLimited } from '../../../src/shared/each-limited.ts';
import { type DesiredGroup, type GroupName, groupKey } from '../file/desired-group.ts';
import {
  addMembers,
  type Declaration,
  declareGroup,
  declareMembers,
  deleteGroup,
  type LedgerClient,
  type PlanAnswer,
} from '../ledger-client.ts';

/** What applying the file would do to one group. */
export interface GroupPlan {
  readonly name: GroupName;
  /** Null: it is not in the file, so it is to be deleted. */
  readonly desired: DesiredGroup | null;
  readonly group: 'create' | 'update' | 'delete' | 'unchanged';
  readonly members: { readonly add: number; readonly remove: number; readonly unchanged: number };
  /** More members would be removed than allowed without the operator's consent. */
  readonly isHeld: boolean;
  /** As many removals would be held, but the operator allowed them. */
  readonly isAllowed?: boolean;
  /** The ledger may have it as the file says, but Graph has not: it failed, or is under way; null: neither. */
  readonly unsettled: 'failed' | 'applying' | null;
  readonly refused: { readonly code: string; readonly detail: string } | null;
  /** How its members are declared; absent: not at all. */
  readonly declaration?: Declaration;
  /** Names in the file stand for nobody: members are only added. */
  readonly isAdditive?: boolean;
}

interface PlanOptions {
  readonly order: Order;
  /** Groups with names that stand for nobody may lose members all the same. */
  readonly allowUnresolved: boolean;
}

/** The place of the changes among other changes of the same groups. */
export interface Order {
  readonly sequence: number | undefined;
  /** The operator has not said it: it is the clock, in milliseconds. */
  readonly isAssumed: boolean;
}

/** Milliseconds since 1970 in the year 2001: a lower sequence is no such clock. */
const earliestClock = 1e12;

/** Why the clock must not order the changes of a group that has this sequence; undefined: it may. */
function otherOrder(
  sequence: number | undefined,
): { readonly code: string; readonly detail: string } | undefined {
  if (sequence === undefined || sequence >= earliestClock) return undefined;
  const detail = `The group has the sequence ${sequence}, which is not a time in milliseconds: specify --sequence.`;
  return { code: 'sequence-required', detail };
}

const nobody = { add: 0, remove: 0, unchanged: 0 };
/** The file says nothing about the group itself. */
const unchanged: PlanAnswer = { group: 'unchanged', members: nobody };

/** Requests in flight at the same time. */
export const atATime = 8;

/** Asks the adapter for the plan of each group with a dry run: nothing is recorded. In the order of the file. */
export async function planGroups(
  ledger: LedgerClient,
  groups: readonly DesiredGroup[],
  options: PlanOptions,
  progressed: () => void,
): Promise<readonly GroupPlan[]> {
  const plans = new Map<DesiredGroup, GroupPlan>();
  await eachLimited(groups, atATime, async (desired) => {
    plans.set(desired, await planGroup(ledger, desired, options));
    progressed();
  });
  const served = [...plans.values()].filter(({ refused }) => refused === null);
  const states = await readUnsettled(ledger, new Set(served.map(({ name }) => name.connectionId)));
  return groups.flatMap((group) => {
    const plan = plans.get(group);
    return plan === undefined ? [] : [{ ...plan, unsettled: states.get(groupKey(group)) ?? null }];
  });
}

/** The groups that are not applied, by their key. */
async function readUnsettled(
  ledger: LedgerClient,
  connectionIds: ReadonlySet<string>,
): Promise<ReadonlyMap<string, 'failed' | 'applying'>> {
  const states = new Map<string, 'failed' | 'applying'>();
  for (const connectionId of connectionIds)
    for (const state of ['failed', 'applying'] as const)
      for await (const { id } of ledger.listGroups(connectionId, state))
        states.set(groupKey({ connectionId, id }), state);
  return states;
}

async function planGroup(
  ledger: LedgerClient,
  desired: DesiredGroup,
  { order, allowUnresolved }: PlanOptions,
): Promise<GroupPlan> {
  const { sequence } = order;
  const name = { connectionId: desired.connectionId, id: desired.id };
  const group = desired.isDeclared ? await ledger.plan(declareGroup(name, desired, sequence)) : unchanged;
  const isAdditive = desired.unresolved > 0 && !allowUnresolved;
  const planned =
    desired.members === null || group.refused !== undefined
      ? null
      : await planMembers(ledger, name, desired.members, { sequence, isAdditive });
  const members = planned?.plan;
  const isHeld = members?.refused?.code === 'too-many-removals';
  const foreign =
    order.isAssumed && group.refused === undefined
      ? otherOrder((await ledger.readGroup(name))?.sequence)
      : undefined;
  const refused = group.refused ?? foreign ?? (isHeld ? undefined : members?.refused);
  return {
    name,
    desired,
    group: group.group,
    members: members?.members ?? nobody,
    isHeld,
    unsettled: null,
    refused: refused ?? null,
    ...(planned === null ? {} : { declaration: planned.declaration }),
    ...(isAdditive ? { isAdditive } : {}),
  };
}

/**
 * Additions alone where some names stand for nobody: who is not in the list may be one of them. A name that is somebody
 * else's now would remove whoever was declared by it; then the additions are sent by id.
 */
async function planMembers(
  ledger: LedgerClient,
  name: GroupName,
  members: readonly Member[],
  { sequence, isAdditive }: { readonly sequence: number | undefined; readonly isAdditive: boolean },
): Promise<{ readonly plan: PlanAnswer; readonly declaration: Declaration } | null> {
  const fitting = fittingMembers(members);
  const attempt = async (declaration: Declaration) => ({ declaration, plan: await ledger.plan(declaration) });
  if (!isAdditive) return attempt(declareMembers(name, fitting, sequence));
  if (members.length === 0) return null;
  const planned = await attempt(addMembers(name, fitting, sequence));
  return planned.plan.members.remove === 0
    ? planned
    : attempt(addMembers(name, fitting.map(withoutName), sequence));
}

/** With names beside the ids, unless the list would then be too long for a request. */
function fittingMembers(members: readonly Member[]): readonly Member[] {
  const isLong = Buffer.byteLength(JSON.stringify(members)) > maxMembersBody - 1_024;
  return isLong ? members.map(withoutName) : members;
}

function withoutName({ type, id }: Member): Member {
  return { type, id };
}

/** The groups of the connection that are not in the file, as deletions. */
export async function planPruning(
  ledger: LedgerClient,
  connectionId: string,
  groups: readonly DesiredGroup[],
  { sequence, isAssumed }: Order,
): Promise<{ readonly plans: readonly GroupPlan[]; readonly declared: number }> {
  const named = new Set(groups.map(groupKey));
  const plans: GroupPlan[] = [];
  let declared = 0;
  for await (const record of ledger.listGroups(connectionId)) {
    if (record.deleted) continue;
    declared += 1;
    if (named.has(groupKey({ connectionId, id: record.id }))) continue;
    const { group, members, refused } = await ledger.plan(deleteGroup(record, sequence));
    const name = { connectionId, id: record.id };
    const foreign = isAssumed ? otherOrder(record.sequence) : undefined;
    const held = { isHeld: false, unsettled: null, refused: refused ?? foreign ?? null };
    plans.push({ name, desired: null, group, members, ...held });
  }
  plans.sort((a, b) => (a.name.id < b.name.id ? -1 : 1));
  return { plans, declared };
}

/** Nothing is to be done or waited for. */
export function isUnchanged({ group, members, isHeld, unsettled, refused }: GroupPlan): boolean {
  const isSame = group === 'unchanged' && members.add + members.remove === 0;
  return isSame && !isHeld && unsettled === null && refused === null;
}
