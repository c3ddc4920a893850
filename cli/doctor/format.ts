import type { Check, CheckStatus } from '../../src/diagnostics/check.ts';
import type { Paint } from '../terminal/paint.ts';
import { printable } from '../terminal/printable.ts';

const colours = { passed: 'green', failed: 'red', skipped: 'yellow' } as const satisfies Record<
  CheckStatus,
  keyof Paint
>;

/** One line per check, followed by the fix if it failed. */
export function describeChecks(checks: readonly Check[], paint: Paint): string[] {
  const width = Math.max(...checks.map(({ title }) => title.length));
  return checks.flatMap(({ title, status, seen, fix }) => [
    `${paint[colours[status]](status.padEnd(7))}  ${printable(title).padEnd(width)}  ${printable(seen)}`,
    ...(fix === undefined ? [] : [`${' '.repeat(9)}${paint.bold('fix:')} ${printable(fix)}`]),
  ]);
}

export function describeSummary(checks: readonly Check[]): string {
  const count = (wanted: CheckStatus) => checks.filter(({ status }) => status === wanted).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped.`;
}
