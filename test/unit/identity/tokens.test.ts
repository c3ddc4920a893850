import { describe, expect, it } from 'vitest';
import { createTokenSource, type IssuedToken } from '../../../src/identity/tokens.ts';

const hour = 3_600_000;
const clock = { now: () => 0, monotonic: () => 0 };
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
    const tokens = createTokenSource({ acquire, timeout: 1000, clock });
    const all = await Promise.all(Array.from({ length: 1000 }, () => tokens.current(never)));
    expect(new Set(all.map(({ token }) => token))).toEqual(new Set(['t1']));
    expect(asked).toEqual([false]);
  });

  it('renews five minutes before the end', async () => {
    const { acquire } = identity();
    let now = 0;
    const tokens = createTokenSource({
      acquire,
      timeout: 1000,
      clock: { now: () => now, monotonic: () => now },
    });
    await tokens.current(never);
    now = hour - 301_000;
    expect((await tokens.current(never)).token).toBe('t1');
    now = hour - 299_000;
    expect((await tokens.current(never)).token).toBe('t2');
  });

  it('fetches one fresh token for all calls whose token was refused', async () => {
    const { asked, acquire } = identity();
    const tokens = createTokenSource({ acquire, timeout: 1000, clock });
    const { token: first } = await tokens.current(never);
    const others = await Promise.all([1, 2, 3].map(() => tokens.insteadOf(first, 'hr', never)));
    expect(others).toEqual(['t2', 't2', 't2']);
    expect(await tokens.insteadOf(first, 'hr', never)).toBe('t2');
    expect(asked).toEqual([false, true]);
  });

  it('forces no second renewal within a minute of one that did not help', async () => {
    let now = 0;
    const { asked, acquire } = identity();
    const tokens = createTokenSource({
      acquire,
      timeout: 1000,
      clock: { now: () => 0, monotonic: () => now },
    });
    const { token: first } = await tokens.current(never);
    const second = await tokens.insteadOf(first, 'hr', never);
    tokens.didNotHelp('hr');
    expect(await tokens.insteadOf(String(second), 'hr', never)).toBeNull();
    now = 59_999;
    expect(await tokens.insteadOf(String(second), 'hr', never)).toBeNull();
    now = 60_000;
    expect(await tokens.insteadOf(String(second), 'hr', never)).toBe('t3');
    expect(asked).toEqual([false, true, true]);
  });

  it('fetches a fresh token for one place although none helped at another, and remembers each for a minute', async () => {
    const { asked, acquire } = identity();
    const tokens = createTokenSource({ acquire, timeout: 1000, clock });
    const { token: first } = await tokens.current(never);
    const second = String(await tokens.insteadOf(first, 'hr', never));
    tokens.didNotHelp('hr');
    const third = String(await tokens.insteadOf(second, 'sales', never));
    expect(third).toBe('t3');
    tokens.didNotHelp('sales');
    // Two connections that are both refused do not make the identity issue tokens in turns.
    for (const place of ['hr', 'sales', 'hr', 'sales'])
      expect(await tokens.insteadOf(third, place, never)).toBeNull();
    expect(asked).toEqual([false, true, true]);
  });

  it('renews again at once what has helped and is refused later', async () => {
    const { acquire } = identity();
    const tokens = createTokenSource({ acquire, timeout: 1000, clock });
    const second = await tokens.insteadOf((await tokens.current(never)).token, 'hr', never);
    expect(await tokens.insteadOf(String(second), 'hr', never)).toBe('t3');
  });

  it('has no other token if the identity gives the same one again', async () => {
    let asked = 0;
    const acquire = async () => {
      asked += 1;
      return { token: 'cached', expiresOnTimestamp: hour };
    };
    const tokens = createTokenSource({ acquire, timeout: 1000, clock });
    expect(await tokens.insteadOf((await tokens.current(never)).token, 'hr', never)).toBeNull();
    expect(await tokens.insteadOf('cached', 'hr', never)).toBeNull();
    expect(asked).toBe(2);
  });

  it('tries again at once if a renewal failed', async () => {
    let asked = 0;
    const acquire = (fresh: boolean) => {
      asked += 1;
      return fresh && asked < 3
        ? Promise.reject(new Error('down'))
        : Promise.resolve({ token: `t${asked}`, expiresOnTimestamp: hour });
    };
    const tokens = createTokenSource({ acquire, timeout: 1000, clock });
    const { token } = await tokens.current(never);
    await expect(tokens.insteadOf(token, 'hr', never)).rejects.toThrow('down');
    expect(await tokens.insteadOf(token, 'hr', never)).toBe('t3');
  });

  it('abandons a request that hangs, and asks again', async () => {
    let asked = 0;
    const acquire = () => {
      asked += 1;
      return asked === 1
        ? new Promise<IssuedToken>(() => undefined)
        : Promise.resolve({ token: 'later', expiresOnTimestamp: hour });
    };
    const tokens = createTokenSource({ acquire, timeout: 20, clock });
    await expect(tokens.current(never)).rejects.toThrow('did not answer within 20 ms');
    expect((await tokens.current(never)).token).toBe('later');
  });

  it('does not join a request that has hung for a second: the identity may be back', async () => {
    let asked = 0;
    let now = 0;
    const acquire = () => {
      asked += 1;
      return asked === 1
        ? new Promise<IssuedToken>(() => undefined)
        : Promise.resolve({ token: 'later', expiresOnTimestamp: hour });
    };
    const tokens = createTokenSource({
      acquire,
      timeout: 10_000,
      clock: { now: () => 0, monotonic: () => now },
    });
    const gone = new AbortController();
    const hung = [1, 2].map(() => tokens.current(gone.signal).catch(() => 'gone'));
    expect(asked).toBe(1);
    now = 1_000;
    expect((await tokens.current(never)).token).toBe('later');
    expect(asked).toBe(2);
    gone.abort();
    expect(await Promise.all(hung)).toEqual(['gone', 'gone']);
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
    const tokens = createTokenSource({ acquire, timeout: 1000, clock });
    await expect(tokens.current(never)).rejects.toThrow('down');
    expect((await tokens.current(never)).token).toBe('up');
  });
});
