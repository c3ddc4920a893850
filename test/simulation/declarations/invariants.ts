import type { LookMessage } from '../../../src/declarations/look-message.ts';
import { memberKey } from '../../../src/groups/member.ts';
import type { Head } from '../../../src/ledger/head.ts';
import { headRow, ledgerTable } from '../../../src/ledger/keys.ts';
import { isResting, isSettled } from '../../../src/ledger/progress.ts';
import type { StoredEntity } from '../../../src/shared/table-action.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import type { GraphSubject } from '../world/graph-port.ts';
import type { GraphGroup, GraphRequest } from '../world/graph-service.ts';
import type { OnTableChange } from '../world/table-service.ts';
import { connectionId, type DeclarationRun, groupIds } from './declaration-run.ts';
import { type Desired, describe, desiredAfter, isSame, undeclared } from './desired.ts';
import { type LedgerView, viewLedger } from './ledger-view.ts';
import { readLook } from './looks-host.ts';
import { Violation } from './violation.ts';

export interface Invariants {
  readonly tableChanged: OnTableChange;
  /** To be called after every step. */
  readonly check: () => void;
  /** Takes note of what has been written meanwhile. */
  readonly catchUp: () => void;
  readonly desiredOf: (groupId: string) => Desired;
}

/** Graph carries a write out within ten minutes of its beginning, or never. */
const landsWithin = 600_000;

/** What must hold after every step, whatever has happened. */
export function createInvariants(run: () => DeclarationRun): Invariants {
  const desired = new Map<string, Desired>();
  const views = new Map<string, { readonly etag: string; readonly view: LedgerView }>();
  /** The head of each group that was written last, until its pages are written too. */
  const unseen = new Map<string, StoredEntity>();
  const looks = new Map<string, Partial<LookMessage>>();

  const desiredOf = (groupId: string) => desired.get(groupId) ?? undeclared;

  /** One transaction has been written: what it changed in the desired state, some change has asked for. */
  function take(groupId: string, entity: StoredEntity): void {
    const { world, declared, settings, report } = run();
    const view = viewLedger(world.tables, connectionId, groupId, entity);
    if (view === null) return;
    views.set(groupId, { etag: entity.etag, view });
    const before = desiredOf(groupId);
    const after = view.desired;
    world.timeline.note(
      () => `          the ledger: ${groupId} ${describeHead(view.head)}; ${describe(after)}`,
    );
    desired.set(groupId, after);
    const open = declared.filter(({ change }) => change.groupId === groupId);
    if (!isSame(before, after) && !settings.isSequenced) {
      // Several may ask for the same: which of them it was cannot be seen, nor need it be.
      const asked = open.filter((one) => isSame(desiredAfter(before, one.change), after));
      for (const one of asked) one.isRecorded = true;
      if (asked.length === 0)
        report(new Violation('not-recorded', `${groupId} was ${describe(before)}, is ${describe(after)}`));
    }
    for (const one of open) if (isSame(desiredAfter(after, one.change), after)) one.wasNoChange = true;
  }

  function takeUnseen(): void {
    for (const [groupId, entity] of unseen) take(groupId, entity);
    unseen.clear();
  }

  function hasLook({ groupId, look }: Head): boolean {
    const { queues } = run().world;
    for (const queue of [queueNames.changes, queueNames.changesPoison])
      for (const { messageId, text } of queues.all(queue)) {
        let known = looks.get(messageId);
        if (known === undefined) {
          known = readLook(text);
          looks.set(messageId, known);
        }
        if (known.groupId === groupId && (known.look ?? 0) >= look) return true;
      }
    return false;
  }

  /** Writes that may take effect, with their last moment. */
  function* underWay(groupId: string) {
    const { calls } = run().world;
    for (const { spec, beganAt } of calls.pending) yield* about(groupId, spec, beganAt + landsWithin);
    for (const { spec, landBy } of calls.late) yield* about(groupId, spec, landBy);
  }

  function checkGroup(groupId: string, { head, registers, desired: shall }: LedgerView): void {
    const { world, report } = run();
    if (!isResting(head) && !hasLook(head))
      report(new Violation('no-look', `${groupId} ${describeHead(head)}`));
    const held = world.graph.look(connectionId, groupId);
    const settled = isSettled(head);
    if (settled && !isAsDeclared(shall, held))
      report(
        new Violation(
          'not-settled',
          `${groupId} shall be ${describe(shall)}, Graph has ${describeGroup(held)}`,
        ),
      );
    for (const { request, landBy } of underWay(groupId)) {
      if (settled && wouldChange(request, held))
        report(new Violation('not-settled', `${groupId} reads settled, and ${request.kind} may land`));
      const register = 'member' in request ? registers.get(memberKey(request.member)) : head;
      const known = Math.max(
        register?.current ?? 0,
        register?.late ?? 0,
        head.ending ? Math.max(head.current, head.late) : 0,
      );
      if (known < landBy)
        report(
          new Violation('unmarked', `${groupId}: ${request.kind} may land until ${landBy}, known ${known}`),
        );
    }
  }

  return {
    desiredOf,
    catchUp: takeUnseen,
    tableChanged: (table, _before, after) => {
      if (table !== ledgerTable || after === null) return;
      const groupId = groupIds.find((id) => headRow(id) === after.rowKey);
      if (groupId === undefined) return;
      // The head is the first of its transaction, so that of an earlier one is complete by now.
      const earlier = unseen.get(groupId);
      if (earlier !== undefined) take(groupId, earlier);
      unseen.set(groupId, after);
    },
    check: () => {
      takeUnseen();
      for (const [groupId, { view }] of views) checkGroup(groupId, view);
    },
  };
}

function* about(
  groupId: string,
  { subject, isRead }: { subject?: object; isRead?: boolean },
  landBy: number,
) {
  if (subject === undefined || isRead === true) return;
  const { request } = subject as GraphSubject;
  const of = 'group' in request ? request.group.id : request.groupId;
  if (of === groupId) yield { request, landBy };
}

export function isAsDeclared({ group, members }: Desired, held: GraphGroup | null): boolean {
  if (group === 'gone') return held === null;
  if (held === null) return group === 'untold' && members.size === 0;
  const isGroup = group === 'untold' || held.group.displayName === group.displayName;
  return isGroup && held.members.size === members.size && [...members].every((one) => held.members.has(one));
}

function wouldChange(request: GraphRequest, held: GraphGroup | null): boolean {
  switch (request.kind) {
    case 'read-group':
      return false;
    case 'create-group':
      return held === null;
    case 'update-group':
      return held !== null && held.group.displayName !== request.group.displayName;
    case 'delete-group':
      return held !== null;
    case 'add-member':
      return held !== null && !held.members.has(memberKey(request.member));
    case 'remove-member':
      return held?.members.has(memberKey(request.member)) === true;
  }
}

function describeHead({ step, look, lease, ending, seen, failed, error, crashes }: Head): string {
  const flags = [ending ? 'ending' : '', seen ? 'seen' : '', failed ? `failed: ${error?.code ?? ''}` : ''];
  const words = [step, `look ${look}`, lease === null ? 'free' : `held by ${lease.owner}`, ...flags];
  return [...words, crashes > 0 ? `${crashes} crashes` : ''].filter((word) => word !== '').join(', ');
}

function describeGroup(held: GraphGroup | null): string {
  return held === null
    ? 'none'
    : `${held.group.displayName} with ${[...held.members].sort().join(' ') || 'nobody'}`;
}
