import { describe, expect, it } from 'vitest';
import type { BreakName } from './creations/breaks.ts';
import type { Rule as CreationRule } from './creations/violation.ts';
import type { DeclarationBreakName } from './declarations/breaks.ts';
import type { Rule as DeclarationRule } from './declarations/violation.ts';
import { addFindings, nothingFound, playSeeds } from './play-seeds.ts';
import type { SimulationName } from './simulations.ts';

/** What each break is noticed by, among other things. */
const creations: Readonly<Record<BreakName, CreationRule>> = {
  'unawaited-work': 'lost',
  'unawaited-letters': 'false-end',
  'unconditional-writes': 'end-taken-back',
  'forgotten-doubt': 'second-write',
  'silence-is-success': 'false-answer',
  'dated-by-instances': 'wrong-letter',
  'waits-ignored': 'too-early',
  'never-given-up': 'no-rest',
  'poison-left': 'lost',
};

const declarations: Readonly<Record<DeclarationBreakName, DeclarationRule>> = {
  'looks-unsent': 'no-look',
  'silence-is-success': 'not-settled',
  'absence-believed': 'not-settled',
  'silence-forgotten': 'unmarked',
  'writes-unconditional': 'not-recorded',
  'nothing-marked': 'unmarked',
  'no-second-call': 'unmarked',
  'hasty-next-life': 'unmarked',
  'no-watermark': 'not-recorded',
  'acknowledged-when-busy': 'no-look',
  'look-after-record': 'no-look',
  'lands-beyond-the-bound': 'not-settled',
  'absence-counted-early': 'not-settled',
  'horizons-forgotten': 'unmarked',
  'members-kept': 'not-brought-about',
  'recorded-again': 'not-once',
  'no-hourly-pass': 'no-rest',
  'no-verification': 'not-brought-about',
  'denied-is-nobody': 'false-answer',
  'silence-is-nobody': 'false-answer',
  'unseen-is-nobody': 'false-answer',
  'first-of-several': 'not-recorded',
  'names-not-kept': 'not-recorded',
  'removal-of-the-holder-alone': 'false-answer',
  'removal-of-nobody-is-done': 'false-answer',
  'unfound-are-removed': 'not-recorded',
  'unfound-are-forgotten': 'false-answer',
};

const batch = 50;
const most = 3_000;

const cases = [
  ...Object.entries(creations).map(([name, rule]) => ['creations', name, rule] as const),
  ...Object.entries(declarations).map(([name, rule]) => ['declarations', name, rule] as const),
];

describe('a fault that is put in on purpose', () => {
  it.each<readonly [SimulationName, string, string]>(cases)('is noticed: %s, %s', async (of, name, rule) => {
    let found = nothingFound;
    for (let from = 1; from < most && found.violations[rule] === undefined; from += batch)
      found = addFindings(found, await playSeeds({ of, from, count: batch, break: name }));
    expect(Object.keys(found.violations)).toContain(rule);
  });
});
