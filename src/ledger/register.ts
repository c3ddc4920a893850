/** What is still to be done about one thing that has a desired state. */
export type Step =
  /** To be written now. */
  | 'todo'
  /** To be written once more when nothing earlier can land. */
  | 'again'
  /** Graph has confirmed it, and nothing earlier can undo it. */
  | 'done'
  /** Graph has refused it. */
  | 'refused';

/** Below every sequence that a change may carry (0 … 2^53−1). */
export const noSequence = -1;

/**
 * What a group and a member have in common. Times are milliseconds since 1970 in storage time; 0, and any time that
 * has passed: none.
 */
export interface Register {
  readonly step: Step;
  /** Until when an unanswered write for the present want may land: harmless unless the want flips. */
  readonly current: number;
  /** Until when a write for an earlier want may land: until then nothing is final. */
  readonly late: number;
  /** One 404 has been said that counts. */
  readonly said404: boolean;
  /** The sequence of the change that said so last. */
  readonly sequence: number;
}

export interface MemberRegister extends Register {
  readonly type: 'user' | 'group' | 'externalGroup';
  /** As it was spelled when it was first recorded. */
  readonly id: string;
  readonly wanted: boolean;
  /**
   * Of a removal: of what the ledger never had, where a 404 is what one expects. Of an addition: `late` is no horizon, but
   * the wait after a first 404, which ends when the group is created.
   */
  readonly strange: boolean;
  /** Graph's code, where it has refused. */
  readonly code: string | null;
}

/** What begins anew with another want: whatever was begun for the earlier one may still land. */
export function flipped(register: Register, sequence: number): Register {
  return {
    step: 'todo',
    current: 0,
    late: Math.max(register.late, register.current),
    said404: false,
    sequence,
  };
}

/** When this is to be written next: 0 now; infinite: not at all. */
export function dueTime({ step, late }: Pick<Register, 'step' | 'late'>): number {
  if (step === 'todo') return 0;
  return step === 'again' ? late : Number.POSITIVE_INFINITY;
}
