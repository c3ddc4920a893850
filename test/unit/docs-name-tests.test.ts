import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

/** `` `test/….ts`: *words* `` in a page: the test that is said to hold a line. */
const citation = /`(test\/[\w/.-]+\.ts)`(?::\s+\*([^*]+)\*)?/g;

describe.each(['docs/security.md', 'docs/reliability.md', 'docs/operations.md'])('%s', async (page) => {
  const cited = [...(await readFile(page, 'utf8')).matchAll(citation)];

  it('names tests', () => expect(cited.length).toBeGreaterThan(5));

  it.each(cited.map(([, file = '', words = '']) => [file, words.replaceAll(/\s+/g, ' ')]))(
    'names what is there: %s, "%s"',
    async (file, words) => {
      expect(await readFile(file, 'utf8')).toContain(words);
    },
  );
});
