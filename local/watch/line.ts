/** The time in a log line, as the functions host writes it: UTC. */
export function timeOfDay(date: Date): string {
  return date.toISOString().slice(11, 23);
}

/**
 * Breaks a line between words where the terminal ends, so that the terminal does not do it within one; what follows is
 * indented. `columns` undefined: not a terminal, nothing is broken. A word that is longer than a line stays whole.
 */
export function wrapLine(line: string, columns: number | undefined, indent: number): string {
  if (columns === undefined || line.length <= columns) return line;
  const lines: string[] = [];
  let rest = line;
  while (rest.length > columns) {
    const margin = lines.length === 0 ? 0 : indent;
    const before = rest.lastIndexOf(' ', columns);
    const at = before > margin ? before : rest.indexOf(' ', columns);
    if (at < 0) break;
    lines.push(rest.slice(0, at).trimEnd());
    rest = `${' '.repeat(indent)}${rest.slice(at).trimStart()}`;
  }
  return [...lines, rest].join('\n');
}
