/**
 * The result of reading one setting: its value, or a description of the values allowed. `held`: what is wrong in it, fit to
 * be shown, where the whole value is not or would not tell.
 */
export type Read<T> = { readonly value: T } | { readonly expected: string; readonly held?: string };

export const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** One of the given words, exactly. */
export function readWord<T extends string>(text: string, words: readonly T[]): Read<T> {
  const word = words.find((candidate) => candidate === text);
  return word === undefined ? { expected: `one of ${words.join(', ')}` } : { value: word };
}

/** Comma-separated words; empty ones and surrounding spaces are ignored. */
export function readList(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** An endpoint that can be called: http or https. */
export function isHttpUrl(text: string): boolean {
  return /^https?:$/.test(parseUrl(text)?.protocol ?? '');
}

export function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/** `Key=value;Key=value` of Azure's connection strings; null if it does not have that form. Values may contain "=". */
export function parseConnectionString(text: string): ReadonlyMap<string, string> | null {
  const parts = text.split(';').filter((part) => part.trim() !== '');
  const pairs = new Map<string, string>();
  for (const part of parts) {
    const at = part.indexOf('=');
    if (at < 1) return null;
    pairs.set(part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim());
  }
  return pairs.size === 0 ? null : pairs;
}
