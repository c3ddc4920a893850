/** What the `Prefer` header asks for (RFC 7240). */
interface Preference {
  readonly respondAsync: boolean;
  /** Milliseconds; null: no preference. */
  readonly wait: number | null;
}

/** Reads `respond-async` and `wait`; the first of each counts, anything else is ignored, as the RFC says. */
export function readPrefer(headers: Headers): Preference {
  let respondAsync = false;
  let wait: number | null = null;
  for (const entry of splitUnquoted(headers.get('prefer') ?? '', ',')) {
    const [preference = ''] = splitUnquoted(entry, ';');
    const equals = preference.indexOf('=');
    const name = (equals < 0 ? preference : preference.slice(0, equals)).trim().toLowerCase();
    const value = equals < 0 ? '' : preference.slice(equals + 1).trim();
    if (name === 'respond-async' && (value === '' || value === '""')) respondAsync = true;
    const seconds = /^"?(\d{1,15})"?$/.exec(value)?.[1];
    if (name === 'wait' && seconds !== undefined) wait ??= Number(seconds) * 1000;
  }
  return { respondAsync, wait };
}

/** Splits at a separator outside quoted strings, in one pass: the header comes from a caller, in any length and form. */
function splitUnquoted(text: string, separator: string): string[] {
  const parts: string[] = [];
  let isQuoted = false;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\\' && isQuoted) at += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === separator && !isQuoted) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}
