/** What the `Prefer` header asks for (RFC 7240). */
export interface Preference {
  readonly respondAsync: boolean;
  /** Milliseconds; null: no wish. */
  readonly wait: number | null;
}

/** A preference's value may be a quoted string with commas in it. */
const longestPrefer = 1_000;
const commaOutsideQuotes = /,(?=(?:[^"]*"[^"]*")*[^"]*$)/;

/** Reads `respond-async` and `wait`; the first of each counts, anything else is passed over, as the RFC says. */
export function readPrefer(headers: Headers): Preference {
  let respondAsync = false;
  let wait: number | null = null;
  for (const entry of (headers.get('prefer') ?? '').slice(0, longestPrefer).split(commaOutsideQuotes)) {
    const [name = '', value = ''] = (entry.split(';', 1)[0] ?? '').split('=', 2).map((part) => part.trim());
    if (name.toLowerCase() === 'respond-async' && (value === '' || value === '""')) respondAsync = true;
    const seconds = /^"?(\d+)"?$/.exec(value)?.[1];
    if (name.toLowerCase() === 'wait' && seconds !== undefined) wait ??= Number(seconds) * 1000;
  }
  return { respondAsync, wait };
}
