import type { GraphStandIn } from '../../local/stand-ins/graph/graph-stand-in.ts';
import type { Storage } from '../support/storage.ts';
import type { Expected } from './changes.ts';
import type { LedgerGroup } from './read-ledger.ts';

/** The results for declared groups at the end; every count but the first must be 0. */
export interface GroupsAudit {
  readonly declaredGroups: number;
  readonly ledgerMissing: number;
  readonly ledgerUnknown: number;
  readonly ledgerDiffersFromChanges: number;
  readonly graphDiffersFromChanges: number;
  readonly graphDiffersFromLedger: number;
  readonly groupsNotAtRest: number;
  readonly leftOnChangesQueue: number;
  readonly leftOnChangesPoisonQueue: number;
}

/** Compares what was declared with what the ledger says, by its GET routes, and what Graph holds. */
export async function auditGroups(
  expected: readonly Expected[],
  { ledger, graph, storage }: { ledger: readonly LedgerGroup[]; graph: GraphStandIn; storage: Storage },
): Promise<GroupsAudit> {
  const inLedger = new Map(ledger.map((group) => [group.id, group]));
  const inGraph = new Map(graph.groups().map((group) => [group.id, shapeOfGraph(group)]));
  const count = (is: (one: Expected) => boolean) => expected.filter(is).length;
  const graphShape = (id: string) => inGraph.get(id) ?? 'none';
  return {
    declaredGroups: expected.length,
    ledgerMissing: count(({ groupId }) => !inLedger.has(groupId)),
    ledgerUnknown: ledger.length - count(({ groupId }) => inLedger.has(groupId)),
    ledgerDiffersFromChanges: count((one) => {
      const group = inLedger.get(one.groupId);
      return (
        group === undefined ||
        shapeOfLedger(group) !== shapeOf(one.group, one.members) ||
        JSON.stringify(group.wanted) !== JSON.stringify(one.members)
      );
    }),
    graphDiffersFromChanges: count((one) => graphShape(one.groupId) !== shapeOf(one.group, one.members)),
    graphDiffersFromLedger: ledger.filter((group) => graphShape(group.id) !== shapeOfLedger(group)).length,
    groupsNotAtRest: count(({ groupId, group, members }) => {
      const found = inLedger.get(groupId);
      // Members declared after the group was deleted wait until it is declared again.
      const waits = group === null && members.length > 0;
      return waits ? found?.error?.type !== 'urn:problem-type:group-not-found' : found?.state !== 'applied';
    }),
    leftOnChangesQueue: await storage.count('changes'),
    leftOnChangesPoisonQueue: await storage.count('changesPoison'),
  };
}

/** The first few groups that are not as the changes say, with what the changes, the ledger and Graph say of each. */
export function differingGroups(
  expected: readonly Expected[],
  { ledger, graph }: { readonly ledger: readonly LedgerGroup[]; readonly graph: GraphStandIn },
): string[] {
  const inLedger = new Map(ledger.map((group) => [group.id, group]));
  const inGraph = new Map(graph.groups().map((group) => [group.id, shapeOfGraph(group)]));
  return expected
    .map((one) => {
      const found = inLedger.get(one.groupId);
      return {
        groupId: one.groupId,
        changes: shapeOf(one.group, one.members),
        ledger: found === undefined ? 'missing' : shapeOfLedger(found),
        graph: inGraph.get(one.groupId) ?? 'none',
        waiting: { changes: one.members, ledger: found?.wanted ?? [] },
      };
    })
    .filter(
      ({ changes, ledger: recorded, graph: real, waiting }) =>
        changes !== recorded ||
        changes !== real ||
        JSON.stringify(waiting.changes) !== JSON.stringify(waiting.ledger),
    )
    .slice(0, 5)
    .map((difference) => JSON.stringify(difference));
}

export function groupViolationsOf({ declaredGroups, ...mustBeZero }: GroupsAudit): string[] {
  return Object.entries(mustBeZero)
    .filter(([, count]) => count !== 0)
    .map(([name, count]) => `${name}: ${count} (of ${declaredGroups} groups)`);
}

interface Properties {
  readonly displayName: string | null;
  readonly description: string | null;
}

/** A group that exists with its members as one comparable text; members of none are of no account. */
function shapeOf(group: Properties | null, members: readonly string[]): string {
  return group === null ? 'none' : JSON.stringify([group.displayName, group.description, members]);
}

function shapeOfLedger(group: LedgerGroup): string {
  return shapeOf(group.deleted ? null : group, group.wanted);
}

function shapeOfGraph(group: Properties & { readonly members: readonly { readonly id: string }[] }): string {
  return shapeOf(group, group.members.map(({ id }) => id).sort());
}
