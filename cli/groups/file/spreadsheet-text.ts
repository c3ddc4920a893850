/** What a spreadsheet takes for the beginning of a formula, in both widths. */
const formula = '[=+\\-@\\t\\r\uFF1D\uFF0B\uFF0D\uFF20]';
const toEscape = new RegExp(`^'*\\s*(?:$|${formula})`);
const escaped = new RegExp(`^'+\\s*(?:$|${formula})`);

/**
 * A text as it stands in a cell: an apostrophe comes before what a spreadsheet would take for a formula, and before an
 * empty text, so that an empty cell means none. {@link fromCell} gives every text back.
 */
export function toCell(text: string | null): string {
  if (text === null) return '';
  return toEscape.test(text) ? `'${text}` : text;
}

/** Null: the cell is empty. */
export function fromCell(cell: string): string | null {
  if (cell === '') return null;
  return escaped.test(cell) ? cell.slice(1) : cell;
}
