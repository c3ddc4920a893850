import { describe, expect, it } from 'vitest';
import { shareNext } from '../../../src/shared/share.ts';

function createRuns() {
  const runs: { readonly resolve: (value: number) => void; readonly reject: (why: Error) => void }[] = [];
  const ask = shareNext(() => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    runs.push({ resolve, reject });
    return promise;
  });
  return { runs, ask };
}

describe('shareNext', () => {
  it('lets all who come while a run is in progress share one that begins afterwards', async () => {
    const { runs, ask } = createRuns();
    const first = ask();
    const later = [ask(), ask(), ask()];
    expect(runs).toHaveLength(1);
    runs[0]?.resolve(1);
    expect(await first).toBe(1);
    expect(runs).toHaveLength(2);
    runs[1]?.resolve(2);
    expect(await Promise.all(later)).toEqual([2, 2, 2]);
  });

  it('begins at once if none is in progress', async () => {
    const { runs, ask } = createRuns();
    const first = ask();
    runs[0]?.resolve(1);
    await first;
    const second = ask();
    expect(runs).toHaveLength(2);
    runs[1]?.resolve(2);
    expect(await second).toBe(2);
  });

  it('never has two in progress, also if a caller comes as soon as it has its answer', async () => {
    const { runs, ask } = createRuns();
    const again = ask().then(() => ask());
    const waiting = ask();
    runs[0]?.resolve(1);
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    expect(runs).toHaveLength(2);
    runs[1]?.resolve(2);
    await waiting;
    runs[2]?.resolve(3);
    expect([2, 3]).toContain(await again);
  });

  it('rejects for those who share the run, and for nobody else', async () => {
    const { runs, ask } = createRuns();
    const first = ask();
    const second = ask();
    runs[0]?.reject(new Error('down'));
    await expect(first).rejects.toThrow('down');
    runs[1]?.resolve(2);
    expect(await second).toBe(2);
  });
});
