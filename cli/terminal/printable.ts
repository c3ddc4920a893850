import { escapeControls } from '../../src/shared/escape-controls.ts';

/** External text for a terminal, shortened if it is too long. */
export function printable(text: string, longest = Number.POSITIVE_INFINITY): string {
  return escapeControls(text.length > longest ? `${text.slice(0, longest - 1)}…` : text);
}

/** `1 letter`, `2 letters`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

/** A time for a person, in UTC and to the second. */
export function shortTime(iso: string | null): string {
  return iso === null ? '' : printable(iso.replace('T', ' ').replace(/\.\d+Z$/, 'Z'), 32);
}
