import { describe, expect, it } from 'vitest';
import { type BreakName, breaks } from './creations/breaks.ts';
import type { Rule } from './creations/violation.ts';
import { addFindings, nothingFound, playSeeds } from './play-seeds.ts';

/** What each break is noticed by, among other things. */
const noticedBy: Readonly<Record<BreakName, Rule>> = {
  'unawaited-work': 'lost',
  'unawaited-letters': 'false-end',
  'unconditional-writes': 'end-taken-back',
  'forgotten-doubt': 'second-write',
  'silence-is-success': 'false-answer',
  'names-shared': 'lost',
  'waits-ignored': 'too-early',
  'never-given-up': 'no-rest',
  'poison-left': 'lost',
};

const batch = 50;
const most = 3_000;

describe('a fault that is put in on purpose', () => {
  it.each(Object.entries(noticedBy))('is noticed: %s', async (name, rule) => {
    const broken = name as BreakName;
    expect(breaks[broken].words).not.toBe('');
    let found = nothingFound;
    for (let from = 1; from < most && found.violations[rule] === undefined; from += batch)
      found = addFindings(found, await playSeeds({ of: 'creations', from, count: batch, break: broken }));
    expect(Object.keys(found.violations)).toContain(rule);
  });
});
