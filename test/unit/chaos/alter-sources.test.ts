import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { altered } from '../../chaos/alter-sources.ts';
import { breaks } from '../../chaos/breaks.ts';
import { shortTimes } from '../../chaos/short-times.ts';

describe('an alteration', () => {
  it('replaces what stands there once', () => {
    expect(altered('one two', [{ file: 'a.ts', from: 'two', to: 'three' }])).toBe('one three');
  });

  it.each(['none', 'two and two'])('is refused if it does not fit: %s', (source) => {
    expect(() => altered(source, [{ file: 'a.ts', from: 'two', to: 'three' }])).toThrow('a.ts');
  });
});

describe.each([['short-times', shortTimes], ...Object.entries(breaks)])('%s', (_name, alterations) => {
  it('fits the sources', () => {
    for (const alteration of alterations) {
      const source = readFileSync(alteration.file, 'utf8');
      expect(altered(source, [alteration])).not.toBe(source);
    }
  });
});
