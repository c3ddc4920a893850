/** A violated rule: ends the run. */
export class Violation extends Error {
  override readonly name = 'Violation';
  readonly rule: Rule;

  constructor(rule: Rule, detail: string) {
    super(`${rules[rule]}: ${detail}`);
    this.rule = rule;
  }
}

export const rules = {
  resurrected: 'a group was created by what had been queued before its deletion',
  lost: 'an accepted delivery is lost',
  'not-one-end': 'a delivery ended more than once',
  'wrong-letter': 'a dead letter for a reason that did not occur',
  'false-answer': 'a caller was told of a group that Graph does not have',
  'unexpected-error': 'a caller or the host was told of an error that nothing explains',
  'false-end': 'an operation shows an end that did not happen',
  'end-taken-back': 'an operation took its end back',
  'operation-stuck': 'an operation shows no end although its work has ended',
  'second-write': 'a group was written again without a read after a write whose effect was unknown',
  'loop-without-attempt': 'a message was queued again and again without asking Graph',
  'no-rest': 'work did not come to rest after the faults had ended',
  'too-early': 'Graph was asked again before the time for which it had asked to be left alone',
  'too-slow': 'a caller heard later than the deadline allows',
} as const;

export type Rule = keyof typeof rules;
