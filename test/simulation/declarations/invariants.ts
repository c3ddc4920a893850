import { keysOfSameId, type Member, memberKey } from '../../../src/groups/member.ts';
import type { MemberEntry } from '../../../src/ledger/core/entry.ts';
import type { Head } from '../../../src/ledger/core/head.ts';
import { headRow } from '../../../src/ledger/core/keys.ts';
import { isResting, isSettled } from '../../../src/ledger/core/progress.ts';
import { timing } from '../../../src/ledger/core/timing.ts';
import type { LookMessage } from '../../../src/ledger/ports.ts';
import type { StoredEntity } from '../../../src/shared/table-action.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import { ledgerTable } from '../../../src/storage/stores.ts';
import type { OnTableChange } from '../world/table-service.ts';
import { startOfTime } from '../world/world.ts';
import { connectionId, type DeclarationRun, groupIds } from './declaration-run.ts';
import { describeGroup, describeHead } from './describe.ts';
import { isAsDeclared, wouldChange } from './in-graph.ts';
import { judgeRecord } from './judge-record.ts';
import { type LedgerView, viewLedger } from './ledger-view.ts';
import { readLook } from './looks-host.ts';
import { describe, describeTold, identityOf, type Told, undeclared } from './told.ts';
import { Violation } from './violation.ts';
import { writesUnderWay } from './writes-under-way.ts';

export interface Invariants {
  readonly tableChanged: OnTableChange;
  /** To be called after every step. */
  readonly check: () => void;
  /** Records what has been written meanwhile. */
  readonly catchUp: () => void;
  /** As the ledger holds it. */
  readonly isSettled: (groupId: string) => boolean;
}

/** Those that a request may be about: to Graph, the same id of another type is the same member. */
function entriesOf(entries: LedgerView['entries'], member: Member): MemberEntry[] {
  const key = memberKey(member);
  return [key, ...keysOfSameId(key)].flatMap((one) => entries.get(one) ?? []);
}

/** What is gone is remembered for 30 days: after that it may be as if nothing had ever been said of it. */
function withoutTombstones(told: Told, held: Told): Told {
  const wanted = new Set([...told.members].map(identityOf));
  const sequences = new Map(
    [...told.sequences].filter(([identity]) => wanted.has(identity) || held.sequences.has(identity)),
  );
  const names = new Map(
    [...told.names].filter(([identity]) => wanted.has(identity) || held.names.has(identity)),
  );
  return { ...told, sequences, names };
}

/** What must hold after every step, whatever has happened. */
export function createInvariants(run: () => DeclarationRun): Invariants {
  const views = new Map<string, LedgerView>();
  /** The head of each group that was written last, until its pages are written too. */
  const unseen = new Map<string, StoredEntity>();
  const looks = new Map<string, Partial<LookMessage>>();

  /** One transaction has been written: whatever it changed in the desired state, some change has asked for. */
  function take(groupId: string, entity: StoredEntity): void {
    const { world, history, totals } = run();
    const view = viewLedger(world.tables, connectionId, groupId, entity);
    if (view === null) return;
    views.set(groupId, view);
    if (view.head.bits > 0) totals.pagedWrites += 1;
    const { told } = view;
    world.timeline.note(
      () => `          the ledger: ${groupId} ${describeHead(view.head)}; ${describeTold(told)}`,
    );
    const own = history(groupId);
    if (isAMonthLater()) own.reset(withoutTombstones(own.told(), told));
    judgeRecord(run(), view, own.written(told, isSettled(view.head)));
  }

  const isAMonthLater = () => run().world.time.now() - startOfTime >= timing.remembered;

  function takeUnseen(): void {
    if (unseen.size === 0) return;
    for (const [groupId, entity] of unseen) take(groupId, entity);
    unseen.clear();
  }

  /** Only what has been gone for long, and is settled, may be forgotten. */
  function takeForgotten(groupId: string): void {
    takeUnseen();
    const { world, report, history } = run();
    const view = views.get(groupId);
    views.delete(groupId);
    history(groupId).reset(undeclared);
    if (view === undefined) return;
    const { head, told: shall } = view;
    const isOld =
      head.deletedAt + timing.remembered <= world.time.now() + world.serviceClocks.tableAhead + 1_000;
    if (!isOld || shall.group !== 'gone' || shall.members.size > 0 || !isSettled(head))
      report(new Violation('not-recorded', `${groupId} is forgotten, and was ${describeHead(head)}`));
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

  function checkLook(groupId: string, head: Head): void {
    const { interference, report } = run();
    // After a purge the hourly pass alone is sure to find it.
    if (!isResting(head) && !interference.purged.has(groupId) && !hasLook(head))
      report(new Violation('no-look', `${groupId} ${describeHead(head)}`));
  }

  function checkGroup(groupId: string, { head, entries, told: shall }: LedgerView): void {
    const { world, interference, report } = run();
    checkLook(groupId, head);
    const held = world.graph.look(connectionId, groupId);
    if (isSettled(head) && shall.group === 'gone' && held === null) {
      // What was done to a life that is over counts no more.
      interference.drifted.delete(groupId);
      interference.hidden.delete(groupId);
    }
    const settled = isSettled(head) && !interference.drifted.has(groupId);
    if (settled && !isAsDeclared(shall, held))
      report(
        new Violation(
          'not-settled',
          `${groupId} shall be ${describe(shall)}, Graph has ${describeGroup(held)}`,
        ),
      );
    for (const { request, landBy } of writesUnderWay(world.calls, groupId)) {
      if (settled && wouldChange(request, held))
        report(new Violation('not-settled', `${groupId} reads settled, and ${request.kind} may land`));
      const marked = 'member' in request ? entriesOf(entries, request.member) : [head];
      const known = Math.max(
        ...marked.map(({ current, late }) => Math.max(current, late)),
        head.ending ? Math.max(head.current, head.late) : 0,
      );
      if (known < landBy)
        report(
          new Violation('unmarked', `${groupId}: ${request.kind} may land until ${landBy}, known ${known}`),
        );
    }
  }

  return {
    isSettled: (groupId) => {
      const view = views.get(groupId);
      return view !== undefined && isSettled(view.head);
    },
    catchUp: takeUnseen,
    tableChanged: (table, before, after) => {
      if (table !== ledgerTable) return;
      const groupId = groupIds.find((id) => headRow(id) === (after ?? before)?.rowKey);
      if (groupId === undefined) return;
      if (after === null) return takeForgotten(groupId);
      // The head is the first of its transaction, so that of an earlier one is complete by now.
      const earlier = unseen.get(groupId);
      if (earlier !== undefined) take(groupId, earlier);
      unseen.set(groupId, after);
    },
    check: () => {
      takeUnseen();
      for (const [groupId, view] of views) checkGroup(groupId, view);
    },
  };
}
