import type { MemberType } from '../../groups/member.ts';

/** What is left to do about one thing that has a desired state. */
export type Step =
  /** To be written now. */
  | 'todo'
  /** To be written again once no earlier write can take effect. */
  | 'again'
  /** Graph has confirmed it, and no earlier write can undo it. */
  | 'done'
  /** Graph has refused it. */
  | 'refused';

/** Below any sequence of a change (0 … 2^53−1). */
export const noSequence = -1;

/**
 * What a group and a member have in common. Times are milliseconds since 1970 in storage time; 0 and any past time mean
 * none.
 */
export interface Entry {
  readonly step: Step;
  /** Until when an unanswered write for the current want may take effect: harmless unless the want changes. */
  readonly current: number;
  /** Until when a write for an earlier want may take effect: until then nothing is final. */
  readonly late: number;
  /** One relevant 404 has been received. */
  readonly said404: boolean;
  /** The sequence of the last change about it. */
  readonly sequence: number;
}

export interface MemberEntry extends Entry {
  readonly type: MemberType;
  /** In the spelling in which it was first recorded. */
  readonly id: string;
  readonly wanted: boolean;
  /**
   * The ledger does not know whether Graph has the member. For a removal: the ledger never had it, so a 404 is expected. For
   * an addition: `late` is not a horizon, but the delay after a first 404 or 409; after a 404 it ends when the group is
   * created.
   */
  readonly isUnknown: boolean;
  /** Graph's code, if it refused; of an addition to be tried again: that of a 409 which did not say why. */
  readonly code: string | null;
  /** The hash of the name by which it was declared; absent: it was declared by its id alone. */
  readonly nameHash?: string;
}

/** True if something already has the same or a higher sequence. Without sequences the order of recording counts. */
export function isOlder(sequence: number, ...held: readonly number[]): boolean {
  return sequence !== noSequence && sequence <= Math.max(...held);
}

/** An entry with a new desired state: writes started for the earlier one may still take effect. */
export function withNewWant(entry: Entry, sequence: number): Entry {
  return {
    step: 'todo',
    current: 0,
    late: Math.max(entry.late, entry.current),
    said404: false,
    sequence,
  };
}

/** When to write it next: 0 now; infinite: never. */
export function dueTime({ step, late }: Pick<Entry, 'step' | 'late'>): number {
  if (step === 'todo') return 0;
  return step === 'again' ? late : Number.POSITIVE_INFINITY;
}
