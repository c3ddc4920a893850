/** What the `Prefer` header asks for (RFC 7240). */
export interface Preference {
  readonly respondAsync: boolean;
  /** Milliseconds; null: no wish. */
  readonly wait: number | null;
}

/** Reads `respond-async` and `wait`; the first of each counts, anything else is passed over, as the RFC says. */
export function readPrefer(headers: Headers): Preference {
  let respondAsync = false;
  let wait: number | null = null;
  for (const entry of (headers.get('prefer') ?? '').split(',')) {
    const [name = '', value = ''] = (entry.split(';', 1)[0] ?? '').split('=', 2).map((part) => part.trim());
    if (name.toLowerCase() === 'respond-async' && value === '') respondAsync = true;
    const seconds = /^"?(\d{1,9})"?$/.exec(value)?.[1];
    if (name.toLowerCase() === 'wait' && seconds !== undefined) wait ??= Number(seconds) * 1000;
  }
  return { respondAsync, wait };
}
