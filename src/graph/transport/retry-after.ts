/**
 * Seconds that a `Retry-After` header asks for: a number, which Graph also sends with a fraction, or an HTTP date
 * (RFC 9110, 10.2.3). A date is measured against the answer's own `Date`, so that neither clock matters; a past
 * one is 0. Null where the header is absent or makes no sense.
 */
export function readRetryAfter(headers: Pick<Headers, 'get'>, now: number): number | null {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text);
  const at = readHttpDate(text);
  if (at === null) return null;
  const since = readHttpDate(headers.get('date') ?? '') ?? now;
  return Math.max(0, (at - since) / 1000);
}

/** Begins with the day's name in all three forms of an HTTP date: `Date.parse` alone takes far too much. */
function readHttpDate(text: string): number | null {
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text)) return null;
  const time = Date.parse(/GMT$/.test(text) ? text : `${text} GMT`);
  return Number.isNaN(time) ? null : time;
}
