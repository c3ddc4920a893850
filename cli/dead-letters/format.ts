import type { Paint } from '../terminal/paint.ts';
import { count, printable, shortTime } from '../terminal/printable.ts';
import type { Letter } from './letter.ts';

/** A letter as `dead-letters list --json` shows it. */
export function summaryOf(letter: Letter): object {
  const { content, revival, mark, ...facts } = letter;
  return {
    ...facts,
    redrivable: !('obstacle' in revival),
    ...('obstacle' in revival ? { obstacle: revival.obstacle } : {}),
    ...(mark === null ? {} : { redriveBegan: mark.at }),
  };
}

/** Ids that `show` and `redrive` accept: the operation's if there is one. */
export function idOf({ operationId, messageId }: Letter): string {
  return operationId ?? messageId;
}

/** Letters as aligned lines: time, code, group, and the id for further commands. */
export function tableOf(letters: readonly Letter[], paint: Paint): string[] {
  const groups = letters.map(groupOf);
  const width = Math.max(0, ...groups.map(({ length }) => length));
  const codes = Math.max(0, ...letters.map(({ code }) => (code ?? '').length));
  return letters.map((letter, index) => {
    const remarks = [
      letter.attempts === null ? '' : count(letter.attempts, 'attempt'),
      'obstacle' in letter.revival ? paint.yellow('cannot be redriven') : '',
      letter.mark === null ? '' : paint.yellow('redrive was interrupted'),
    ].filter((remark) => remark !== '');
    return [
      paint.dim(shortTime(letter.deadLetteredDateTime)),
      paint.red(printable(letter.code ?? '').padEnd(codes)),
      paint.bold((groups[index] ?? '').padEnd(width)),
      paint.cyan(printable(idOf(letter))),
      remarks.join(', '),
    ]
      .join('  ')
      .trimEnd();
  });
}

export function groupOf({ connectionId, groupId }: Letter): string {
  if (connectionId === null && groupId === null) return '(unreadable)';
  return printable(`${connectionId ?? '?'}/${groupId ?? '?'}`, 60);
}

/** `8 graph-rejected, 4 gave-up`, the most frequent first. */
export function formatCounts(codes: readonly (string | null)[]): string {
  const times = new Map<string, number>();
  for (const code of codes) times.set(code ?? 'unknown', (times.get(code ?? 'unknown') ?? 0) + 1);
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .map(([word, number]) => `${number.toLocaleString('en')} ${printable(word)}`)
    .join(', ');
}
