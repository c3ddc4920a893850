import type { Clock } from '../shared/clock.ts';
import { grace, within } from '../shared/within.ts';
import { type Check, type CheckDefinition, type Finding, failed, skipped } from './check.ts';

export interface RunOptions {
  readonly clock: Pick<Clock, 'after' | 'monotonic'>;
  /** Milliseconds that one check may take, and all of them. */
  readonly eachWithin: number;
  readonly allWithin: number;
}

/**
 * Runs checks concurrently, each as soon as those it depends on have passed, and returns them in the order of the list.
 * Never rejects and never takes longer than `allWithin`: a check that ignores its signal is abandoned.
 */
export async function runChecks(
  definitions: readonly CheckDefinition[],
  { clock, eachWithin, allWithin }: RunOptions,
): Promise<readonly Check[]> {
  const until = clock.monotonic() + allWithin - grace;
  const findings = new Map<string, Promise<Check>>();
  for (const definition of definitions) findings.set(definition.id, run(definition));
  return Promise.all(findings.values());

  async function run(definition: CheckDefinition): Promise<Check> {
    const { id, title, needs = [] } = definition;
    const before = await Promise.all(needs.map((need) => findings.get(need)));
    const missing = before.find((check) => check !== undefined && check.status !== 'passed');
    const finding =
      missing === undefined ? await look(definition) : skipped(`because "${missing.title}" has not passed`);
    return { id, title, ...finding };
  }

  async function look({ look, ifSilent }: CheckDefinition): Promise<Finding> {
    const left = Math.min(eachWithin, until - clock.monotonic());
    if (left <= 0) return skipped('because the earlier checks took all the time');
    let signal: AbortSignal | undefined;
    try {
      return await within(
        left,
        async (given) => {
          signal = given;
          return look(given);
        },
        clock,
      );
    } catch (thrown) {
      const name = thrown instanceof Error ? thrown.name : typeof thrown;
      // A library may react to its signal in any way.
      if (signal?.aborted || name === 'TimeoutError')
        return failed(`no answer within ${Math.round(left / 100) / 10} s`, ifSilent ?? tryAgain);
      return failed(`the check itself failed (${/^\w{1,60}$/.test(name) ? name : 'Error'})`, tryAgain);
    }
  }
}

const tryAgain = 'Run the diagnostics again; if this persists, report it with the version of the app.';
