import type { Change } from '../../../src/ledger/core/change.ts';
import { describeTold, isSuperseded, isToldTheSame, type Told, toldAfter } from './desired.ts';
import { type Rule, Violation } from './violation.ts';

/** One change that somebody declared, and what is known of it. */
export interface Declared {
  readonly change: Change;
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
 * every assignment that is still possible is kept: a set of changes that have taken effect, as bits.
 */
export interface History {
  readonly told: () => Told;
  readonly call: (change: Change, how: Calling) => Declared;
  /** The ledger has been written; returns the changes that may have taken effect with it. */
  readonly written: (told: Told, isSettled: boolean) => readonly Declared[];
  /** It was answered as recorded: from now on it takes no effect. */
  readonly answered: (one: Declared) => void;
  /** It was answered as not recorded: it never takes effect. */
  readonly refused: (one: Declared) => void;
  /** What was forgotten is as if it had never been declared. */
  readonly reset: (told: Told) => void;
  readonly all: readonly Declared[];
}

export function createHistory(groupId: string, past: Told, report: (violation: Violation) => void): History {
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
    if (isToldTheSame(toldAfter(told, one.change), told)) one.isIdle = true;
    if (isSuperseded(told, one.change)) one.wasSuperseded = true;
  }

  function keep(allowed: (assignment: number) => boolean): boolean {
    const kept = new Set([...possible].filter(allowed));
    if (kept.size > 0) possible = kept;
    return kept.size > 0;
  }

  /** Some change that nobody expects any more would explain it. */
  function isRepeated(after: Told): boolean {
    return all.some(({ change }) => isToldTheSame(toldAfter(told, change), after));
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
      };
      all.push(one);
      open.add(one);
      look(one);
      return one;
    },
    written: (after, isSettled) => {
      if (isSettled) for (const one of open) one.wasSettled = true;
      if (isToldTheSame(told, after)) return [];
      const next = new Set<number>();
      const causes: Declared[] = [];
      for (const one of open) {
        if (!isToldTheSame(toldAfter(told, one.change), after)) continue;
        const before = [...possible].filter((assignment) => !has(assignment, one));
        for (const assignment of before) next.add(assignment + bit(one));
        if (before.length > 0) causes.push(one);
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
  };
}
