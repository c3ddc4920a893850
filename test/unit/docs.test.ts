import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { renderDocs } from '../../scripts/docs.ts';

describe('the pages made from tables in the code', async () => {
  it.each([...(await renderDocs())])('%s is up to date (else: npm run docs)', async (path, text) => {
    expect(await readFile(path, 'utf8')).toBe(text);
  });
});
