import { describe, expect, it } from 'vitest';
import { type CheckDefinition, failed, passed, skipped } from '../../../src/diagnostics/check.ts';
import { runChecks } from '../../../src/diagnostics/run-checks.ts';
import { shareRunning } from '../../../src/shared/share.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const never = () => new Promise<never>(() => undefined);
const check = (id: string, look: CheckDefinition['look'], more: Partial<CheckDefinition> = {}) => ({
  id,
  title: `title of ${id}`,
  look,
  ...more,
});

function start(definitions: readonly CheckDefinition[]) {
  const clock = createManualClock();
  let ended: number | null = null;
  const began = clock.monotonic();
  const run = runChecks(definitions, { clock, eachWithin: 5_000, allWithin: 13_000 }).finally(() => {
    ended = clock.monotonic() - began;
  });
  return { clock, run, ended: () => ended };
}

describe('a run of checks', () => {
  it('gives them in the order of the list, whichever ends first', async () => {
    const { clock, run } = start([
      check('slow', async () => {
        await new Promise<void>((resolve) => clock.after(1_000, resolve));
        return passed('late');
      }),
      check('fast', () => failed('at once', 'do this')),
    ]);
    await clock.pass(1_000);
    expect(await run).toEqual([
      { id: 'slow', title: 'title of slow', status: 'passed', seen: 'late' },
      { id: 'fast', title: 'title of fast', status: 'failed', seen: 'at once', fix: 'do this' },
    ]);
  });

  it.each([failed('no', 'fix'), skipped('because')])(
    'skips what needs one that ended so: %j',
    async (finding) => {
      const looked: string[] = [];
      const { run } = start([
        check('first', () => finding),
        check(
          'second',
          () => {
            looked.push('second');
            return passed('');
          },
          { needs: ['first'] },
        ),
        check('third', () => passed(''), { needs: ['second'] }),
      ]);
      const [, second, third] = await run;
      expect(second).toMatchObject({ status: 'skipped', seen: 'because "title of first" has not passed' });
      expect(third).toMatchObject({ status: 'skipped', seen: 'because "title of second" has not passed' });
      expect(looked).toEqual([]);
    },
  );

  it('abandons a check that ignores its signal, and says what to do', async () => {
    const { clock, run, ended } = start([check('deaf', never, { ifSilent: 'plug it in' })]);
    await clock.pass(5_250);
    expect(await run).toMatchObject([{ status: 'failed', seen: 'no answer within 5 s', fix: 'plug it in' }]);
    expect(ended()).toBeLessThanOrEqual(5_250);
  });

  it('ends in time however many wait for one another', async () => {
    const chain = ['a', 'b', 'c', 'd', 'e'].map((id, index, all) =>
      check(id, () => new Promise((resolve) => clock.after(4_900, () => resolve(passed('')))), {
        needs: index === 0 ? [] : [all[index - 1] ?? ''],
      }),
    );
    const { clock, run, ended } = start(chain);
    await clock.pass(60_000);
    const statuses = (await run).map(({ status }) => status);
    expect(statuses).toEqual(['passed', 'passed', 'failed', 'skipped', 'skipped']);
    expect(ended()).toBeLessThanOrEqual(13_000);
  });

  it('survives a check that throws, and repeats nothing of what it says', async () => {
    const { run } = start([
      check('throws', () => {
        throw new TypeError('AccountKey=sesame');
      }),
      check('rejects', () => Promise.reject('AccountKey=sesame')),
    ]);
    const checks = await run;
    expect(checks.map(({ status }) => status)).toEqual(['failed', 'failed']);
    expect(JSON.stringify(checks)).not.toContain('sesame');
    expect(checks[0]?.seen).toContain('TypeError');
  });
});

describe('sharing what runs', () => {
  it('starts it once for those that come together, and again for those that come later', async () => {
    let begun = 0;
    let end: (value: number) => void = () => undefined;
    const run = shareRunning(() => {
      begun += 1;
      return new Promise<number>((resolve) => {
        end = resolve;
      });
    });
    const together = [run(), run()];
    end(7);
    expect(await Promise.all(together)).toEqual([7, 7]);
    const later = run();
    end(8);
    expect([await later, begun]).toEqual([8, 2]);
  });

  it('does not keep a failure', async () => {
    let fails = true;
    const run = shareRunning(async () => {
      if (fails) throw new Error('once');
      return 'done';
    });
    await expect(run()).rejects.toThrow('once');
    fails = false;
    expect(await run()).toBe('done');
  });
});
