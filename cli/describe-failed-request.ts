/** Why `fetch` failed, in a few words: a code if there is one, never external text. */
export function describeFailedRequest(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'no answer';
  if (thrown.name === 'TimeoutError' || thrown.name === 'AbortError') return 'no answer in time';
  const cause: unknown = thrown.cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /^[A-Z_0-9]{1,60}$/.test(code) ? `no connection (${code})` : 'no answer';
}
