import { describe, expect, it } from 'vitest';
import { createTokenSource, type IssuedToken } from '../../../../src/graph/auth/tokens.ts';

const hour = 3_600_000;
const never = new AbortController().signal;

function identity() {
  const asked: boolean[] = [];
  const acquire = (fresh: boolean): Promise<IssuedToken> => {
    asked.push(fresh);
    return Promise.resolve({ token: `t${asked.length}`, expiresOnTimestamp: hour });
  };
  return { asked, acquire };
}

describe('the token source', () => {
  it('asks the identity once for a thousand calls at the same time', async () => {
    const { asked, acquire } = identity();
    const tokens = createTokenSource({ acquire, timeout: 1000, now: () => 0 });
    const all = await Promise.all(Array.from({ length: 1000 }, () => tokens.current(never)));
    expect(new Set(all)).toEqual(new Set(['t1']));
    expect(asked).toEqual([false]);
  });

  it('renews five minutes before the end', async () => {
    const { acquire } = identity();
    let now = 0;
    const tokens = createTokenSource({ acquire, timeout: 1000, now: () => now });
    await tokens.current(never);
    now = hour - 301_000;
    expect(await tokens.current(never)).toBe('t1');
    now = hour - 299_000;
    expect(await tokens.current(never)).toBe('t2');
  });

  it('fetches one fresh token for all calls whose token was refused', async () => {
    const { asked, acquire } = identity();
    const tokens = createTokenSource({ acquire, timeout: 1000, now: () => 0 });
    const first = await tokens.current(never);
    const others = await Promise.all([1, 2, 3].map(() => tokens.insteadOf(first, never)));
    expect(others).toEqual(['t2', 't2', 't2']);
    expect(await tokens.insteadOf(first, never)).toBe('t2');
    expect(asked).toEqual([false, true]);
  });

  it('leaves a request behind that hangs, and asks anew', async () => {
    let asked = 0;
    const acquire = () => {
      asked += 1;
      return asked === 1
        ? new Promise<IssuedToken>(() => undefined)
        : Promise.resolve({ token: 'later', expiresOnTimestamp: hour });
    };
    const tokens = createTokenSource({ acquire, timeout: 20, now: () => 0 });
    await expect(tokens.current(never)).rejects.toThrow('did not answer within 20 ms');
    expect(await tokens.current(never)).toBe('later');
  });

  it('lets a caller go when its own time is up', async () => {
    const acquire = () => new Promise<IssuedToken>(() => undefined);
    const tokens = createTokenSource({ acquire, timeout: 10_000 });
    await expect(tokens.current(AbortSignal.timeout(20))).rejects.toThrow(/timeout/i);
  });

  it('does not remember a failure', async () => {
    let asked = 0;
    const acquire = () => {
      asked += 1;
      return asked === 1
        ? Promise.reject(new Error('down'))
        : Promise.resolve({ token: 'up', expiresOnTimestamp: hour });
    };
    const tokens = createTokenSource({ acquire, timeout: 1000, now: () => 0 });
    await expect(tokens.current(never)).rejects.toThrow('down');
    expect(await tokens.current(never)).toBe('up');
  });
});
