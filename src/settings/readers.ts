import { parse } from 'tinyduration';

export { isLoopback } from '../shared/is-loopback.ts';

/** The result of reading one setting: its value, or a description of the values allowed. */
export type Read<T> = { readonly value: T } | { readonly expected: string };

export const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** One of the given words, exactly. */
export function readWord<T extends string>(text: string, words: readonly T[]): Read<T> {
  const word = words.find((candidate) => candidate === text);
  return word === undefined ? { expected: `one of ${words.join(', ')}` } : { value: word };
}

/** An ISO 8601 duration of weeks, days and below, in milliseconds; months and years have no fixed length. */
export function readDuration(text: string, least: number, most: number, example: string): Read<number> {
  const expected = `an ISO 8601 duration from ${least / 1000} s to ${most / 1000} s, for example ${example}`;
  try {
    const { years, months, weeks, days, hours, minutes, seconds, negative } = parse(text);
    if (years || months || negative) return { expected };
    const inDays = (weeks ?? 0) * 7 + (days ?? 0);
    const inSeconds = ((inDays * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
    const value = inSeconds * 1000;
    return value >= least && value <= most ? { value } : { expected };
  } catch {
    return { expected };
  }
}

/** Comma-separated words; empty ones and surrounding spaces are ignored. */
export function readList(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
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
