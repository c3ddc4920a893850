/**
 * Seconds that a `Retry-After` header asks for: a number, which Graph also sends with a fraction, or an HTTP date
 * (RFC 9110, 10.2.3). A date is compared with the response's own `Date`, so that neither clock matters; a past one is 0.
 * Null if the header is absent or invalid.
 */
export function readRetryAfter(headers: Pick<Headers, 'get'>, now: number): number | null {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text);
  const at = readHttpDate(text);
  if (at === null) return null;
  const since = readHttpDate(headers.get('date') ?? '') ?? now;
  return Math.max(0, (at - since) / 1000);
}

/** All three forms of an HTTP date begin with the name of the day: `Date.parse` alone accepts far too much. */
function readHttpDate(text: string): number | null {
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text)) return null;
  const time = Date.parse(/GMT$/.test(text) ? text : `${text} GMT`);
  return Number.isNaN(time) ? null : time;
}
