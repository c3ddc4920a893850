import { type Stringifier, stringify } from 'csv-stringify';
import { csvColumns } from './csv.ts';

/** Turns rows of {@link csvColumns} into CSV that is read back as it was. */
export function createCsvWriter(): Stringifier {
  return stringify({
    header: true,
    columns: [...csvColumns],
    // Blanks at either end are kept only within quotes; a semicolon or a carriage return must separate nothing.
    cast: { string: (value) => ({ value, quoted: /^\s|\s$|[\r;]/.test(value) }) },
  });
}
