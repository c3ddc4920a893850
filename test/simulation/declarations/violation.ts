export const rules = {
  'no-look': 'work is left, and no message will ever look at it',
  unmarked: 'a write may land of which the ledger does not know',
  'not-settled':
    'a group reads settled that Graph does not have as declared, or that a write may still change',
  'not-recorded': 'the ledger holds what nobody declared',
  'not-once': 'a change took effect again, or after its answer',
  'false-answer': 'a caller was told that a change is recorded, which it is not',
  'false-failure': 'a group reads failed although Graph refused nothing for good',
  'false-record': 'what a record says of itself is not so',
  'unexpected-error': 'a caller was told of an error that nothing explains',
  'no-rest': 'work did not come to rest after the faults had ended',
  'not-brought-about': 'at rest, a group is not as declared',
} as const;

export type Rule = keyof typeof rules;

/** A violated rule: ends the run. */
export class Violation extends Error {
  override readonly name = 'Violation';
  readonly rule: Rule;

  constructor(rule: Rule, detail: string) {
    super(`${rules[rule]}: ${detail}`);
    this.rule = rule;
  }
}
