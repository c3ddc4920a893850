import type { MemberName } from '../../../src/groups/member-name.ts';
import type { RequestedChange } from '../../../src/ledger/core/change.ts';
import { declaredBy, faultsOf, type Holder, type Holders, keyOfName, namesIn } from './by-name.ts';
import { isSuperseded, toldAfter } from './desired.ts';
import { type Seen, startSeeing } from './seen.ts';
import { describeTold, isToldTheSame, type Told } from './told.ts';
import { type Rule, Violation } from './violation.ts';

/** One change that somebody declared, and what is known of it. */
export interface Declared {
  readonly change: RequestedChange;
  /** Its number among the changes of its group. */
  readonly number: number;
  readonly calledAt: number;
  /** At some moment since it was called it would have changed nothing. */
  isIdle: boolean;
  /** At some moment since it was called, all that it speaks of had its sequence or a higher one. */
  wasSuperseded: boolean;
  /** At some moment since it took effect the ledger held the group as settled. */
  wasSettled: boolean;
  /** Its sender has been told that it is recorded. */
  isAnswered: boolean;
  /** A producer's message: what is on the queue is accepted. */
  readonly isQueued: boolean;
  /** Whose each of its names was at some moment since it was called. */
  readonly seen: Seen;
  /** Names by which somebody was known of this group at some moment since. */
  readonly known: Set<string>;
}

interface Calling {
  readonly at: number;
  /** The ledger holds the group as settled. */
  readonly isSettled: boolean;
  readonly isQueued?: boolean;
}

/**
 * What happened to one group, as a linearization: each change takes effect at most once, at one point between its call and
 * its answer, and exactly once where it was answered. The points of those that change something are seen: they are the
 * writes of the ledger. Which change it was that a write recorded need not be certain where several ask for the same, so
 * every assignment that is still possible is kept: a set of changes that have taken effect, as bits. Whose a name is
 * counts as it was at any moment since the call.
 */
export interface History {
  readonly told: () => Told;
  readonly call: (change: RequestedChange, how: Calling) => Declared;
  /** The ledger has been written; returns the changes that may have taken effect with it. */
  readonly written: (told: Told, isSettled: boolean) => readonly Declared[];
  /** It was answered as recorded: from now on it takes no effect. */
  readonly answered: (one: Declared) => void;
  /** It was answered as not recorded: it never takes effect. */
  readonly refused: (one: Declared) => void;
  /** What was forgotten is as if it had never been declared. */
  readonly reset: (told: Told) => void;
  /** Names belong to others now. */
  readonly directoryChanged: () => void;
  readonly all: readonly Declared[];
}

export interface HistoryOptions {
  readonly past: Told;
  readonly holderOf: (name: MemberName) => Holder;
  readonly report: (violation: Violation) => void;
}

export function createHistory(groupId: string, { past, holderOf, report }: HistoryOptions): History {
  let told = past;
  const all: Declared[] = [];
  /** Those that may still take effect. */
  const open = new Set<Declared>();
  let possible: ReadonlySet<number> = new Set([0]);
  const bit = ({ number }: Declared) => 2 ** number;
  const has = (assignment: number, one: Declared) => Math.floor(assignment / bit(one)) % 2 === 1;

  function violate(rule: Rule, detail: string): void {
    report(new Violation(rule, `${groupId}: ${detail}`));
  }

  function look(one: Declared): void {
    const { change, seen, known } = one;
    for (const holders of seen.combinations()) {
      const superseded = isSuperseded(told, change, holders);
      if (superseded) one.wasSuperseded = true;
      const changesNothing = isToldTheSame(toldAfter(told, change, holders), told);
      if (changesNothing && (superseded || isWhole(one, holders))) one.isIdle = true;
    }
    for (const name of namesIn(change).map(keyOfName)) if (declaredBy(told, name).length > 0) known.add(name);
  }

  /** A message comes again until everybody in it is found. */
  function isWhole({ change, isQueued }: Declared, holders: Holders): boolean {
    return !isQueued || faultsOf(told, change, holders).length === 0;
  }

  /** What is possible if a change has taken effect now, once more at the most. */
  function withEffect(one: Declared, after: Told): readonly number[] {
    const { change, seen, isQueued } = one;
    const causes = seen
      .combinations()
      .filter((holders) => isToldTheSame(toldAfter(told, change, holders), after));
    if (causes.length === 0) return [];
    // A message that comes twice speaks of whoever has the name by then, and what it says may be new to a lower sequence.
    const mayComeAgain = isQueued && (namesIn(change).length > 0 || wasResequenced());
    const before = [...possible].filter((assignment) => mayComeAgain || !has(assignment, one));
    return causes.flatMap((holders) =>
      before.map((assignment) =>
        has(assignment, one) || !isWhole(one, holders) ? assignment : assignment + bit(one),
      ),
    );
  }

  const wasResequenced = () => all.some(({ change }) => change.kind === 'resequence');

  function keep(allowed: (assignment: number) => boolean): boolean {
    const kept = new Set([...possible].filter(allowed));
    if (kept.size > 0) possible = kept;
    return kept.size > 0;
  }

  /** Some change that nobody expects any more would explain it. */
  function isRepeated(after: Told): boolean {
    return all.some(({ change, seen }) =>
      seen.combinations().some((holders) => isToldTheSame(toldAfter(told, change, holders), after)),
    );
  }

  return {
    told: () => told,
    all,
    call: (change, { at, isSettled, isQueued = false }) => {
      const one: Declared = {
        change,
        number: all.length,
        calledAt: at,
        isIdle: false,
        wasSuperseded: false,
        wasSettled: isSettled,
        isAnswered: false,
        isQueued,
        seen: startSeeing(change, holderOf),
        known: new Set(),
      };
      one.seen.note();
      all.push(one);
      open.add(one);
      look(one);
      return one;
    },
    written: (after, isSettled) => {
      if (isSettled) for (const one of open) one.wasSettled = true;
      if (isToldTheSame(told, after)) {
        told = after;
        // The ledger may have learned or forgotten the name of somebody who is gone.
        for (const one of open) look(one);
        return [];
      }
      const next = new Set<number>();
      const causes: Declared[] = [];
      for (const one of open) {
        const assignments = withEffect(one, after);
        for (const assignment of assignments) next.add(assignment);
        if (assignments.length > 0) causes.push(one);
      }
      if (next.size === 0) {
        const rule = isRepeated(after) ? 'not-once' : 'not-recorded';
        violate(rule, `was ${describeTold(told)}, is ${describeTold(after)}`);
      } else possible = next;
      told = after;
      // Settled before it took effect says nothing about it.
      const [cause] = causes;
      if (cause !== undefined && causes.length === 1) cause.wasSettled = isSettled;
      for (const one of open) look(one);
      return causes;
    },
    answered: (one) => {
      const wasOpen = open.delete(one);
      one.isAnswered = true;
      if (wasOpen && !one.isIdle && !keep((assignment) => has(assignment, one)))
        violate('false-answer', `recorded, it was said, but is not: ${JSON.stringify(one.change)}`);
    },
    refused: (one) => {
      open.delete(one);
      if (!keep((assignment) => !has(assignment, one)))
        violate('false-answer', `not recorded, it was said, but is: ${JSON.stringify(one.change)}`);
    },
    reset: (after) => {
      told = after;
      for (const one of open) look(one);
    },
    directoryChanged: () => {
      for (const one of open) {
        one.seen.note();
        look(one);
      }
    },
  };
}
