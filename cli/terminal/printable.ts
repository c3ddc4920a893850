/**
 * Text from outside for a terminal: control characters, which could move the cursor or hide what follows, and
 * those that turn the direction of writing are shown as escapes.
 */
export function printable(text: string, longest = Number.POSITIVE_INFINITY): string {
  const short = text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
  return short.replace(
    /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** `1 letter`, `2 letters`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

/** A time as a person reads it, in UTC and to the second. */
export function shortTime(iso: string | null): string {
  return iso === null ? '' : printable(iso.replace('T', ' ').replace(/\.\d+Z$/, 'Z'), 32);
}
