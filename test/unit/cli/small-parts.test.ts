import { describe, expect, it } from 'vitest';
import { formatCounts } from '../../../cli/dead-letters/format.ts';
import { explainError, isPassing } from '../../../cli/explain-error.ts';
import { isAgain, withRetry } from '../../../cli/send/retry.ts';
import { count, printable, shortTime } from '../../../cli/terminal/printable.ts';
import { eachLimited } from '../../../src/shared/each-limited.ts';

const turn = () => new Promise((done) => setImmediate(done));

describe('eachLimited', () => {
  it('never has more in progress than allowed, and does everything', async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    await eachLimited([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await turn();
      running -= 1;
      done.push(item);
    });
    expect(most).toBe(3);
    expect(done).toHaveLength(7);
  });

  it('begins nothing after a failure, and waits for what runs', async () => {
    const ended: number[] = [];
    const run = eachLimited([1, 2, 3, 4], 2, async (item) => {
      await turn();
      if (item === 1) throw new Error('first');
      ended.push(item);
    });
    await expect(run).rejects.toThrow('first');
    expect(ended).not.toContain(4);
    expect(ended).toContain(2);
  });
});

describe('withRetry', () => {
  const again = { again: true, after: 0, why: 'busy' } as const;
  const patience = { maxTries: 3, maxWait: 1, interrupted: new AbortController().signal };

  it('stops at the first answer', async () => {
    let tries = 0;
    const result = await withRetry(async () => (++tries < 3 ? again : { done: true }), patience);
    expect(result).toEqual({ done: true });
  });

  it('ends when the tries are used up', async () => {
    let tries = 0;
    const result = await withRetry(async () => {
      tries += 1;
      return again;
    }, patience);
    expect(isAgain(result)).toBe(true);
    expect(tries).toBe(3);
  });

  it('does not wait for an operator who has interrupted', async () => {
    const slow = { ...again, after: 3_600 };
    const result = await withRetry(async () => slow, {
      ...patience,
      maxWait: 3_600,
      interrupted: AbortSignal.abort(),
    });
    expect(result).toEqual(slow);
  });
});

describe('words', () => {
  it('leave no control characters', () => {
    expect(printable('a\u001b[2J\u0007\u202eb\n')).toBe('a\\u001b[2J\\u0007\\u202eb\\u000a');
    expect(printable('\u0085\u009b1m\u2028\u200f\u061c\u2066')).toBe(
      '\\u0085\\u009b1m\\u2028\\u200f\\u061c\\u2066',
    );
    expect(printable('Łódź ☂ 😀')).toBe('Łódź ☂ 😀');
    expect(printable('abcdef', 4)).toBe('abc…');
  });

  it('count, and shorten times', () => {
    expect([count(1, 'line'), count(1_234, 'line')]).toEqual(['1 line', '1,234 lines']);
    expect(shortTime('2026-01-02T03:04:05.678Z')).toBe('2026-01-02 03:04:05Z');
    expect(formatCounts(['a', 'b', 'b', null])).toBe('2 b, 1 a, 1 unknown');
  });
});

describe('errors', () => {
  const error = (more: object) => Object.assign(new Error('AccountKey=sesame'), more);

  it.each([
    [{ statusCode: 403, code: 'AuthorizationPermissionMismatch' }, /roles/, false],
    [{ statusCode: 401, code: 'AuthenticationFailed' }, /refuses the key/, false],
    [{ statusCode: 503 }, /failed/, true],
    [{ code: 'ECONNREFUSED' }, /cannot be reached/, true],
    [{ name: 'AbortError' }, /in time/, true],
    [{ name: 'CredentialUnavailableError' }, /az login/, false],
  ])('%j become a sentence', (more, sentence, passing) => {
    const thrown = error(more);
    expect(explainError(thrown)).toMatchObject({ sentence: expect.stringMatching(sentence), exitCode: 1 });
    expect(isPassing(thrown)).toBe(passing);
  });
});
