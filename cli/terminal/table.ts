/** Rows as aligned lines. `widths` are measured on the text; `paint` colours a cell after it has been padded. */
interface Column<T> {
  readonly head: string;
  readonly text: (row: T) => string;
  readonly paint?: (row: T) => (text: string) => string;
  readonly align?: 'right';
}

/** A table for a person: a header, columns two blanks apart, no lines around it. */
export function tableOf<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  dim: (text: string) => string,
): string[] {
  const widths = columns.map(({ head, text }) =>
    rows.reduce((most, row) => Math.max(most, text(row).length), head.length),
  );
  const pad = (cell: string, index: number) =>
    columns[index]?.align === 'right' ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0);
  const head = dim(
    columns
      .map((column, index) => pad(column.head, index))
      .join('  ')
      .trimEnd(),
  );
  const lines = rows.map((row) =>
    columns
      .map((column, index) => (column.paint?.(row) ?? same)(pad(column.text(row), index)))
      .join('  ')
      .trimEnd(),
  );
  return rows.length === 0 ? [] : [head, ...lines];
}

function same(text: string): string {
  return text;
}
