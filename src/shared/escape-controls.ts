/**
 * Characters that a terminal or a log viewer obeys rather than shows: C0 and C1 controls, line and paragraph
 * separators, and those that turn the direction of writing.
 */
const obeyed = /[\p{Cc}\u2028\u2029\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** Text from outside with such characters written as `\uXXXX`, which within the strings of JSON means the same. */
export function escapeControls(text: string): string {
  return text.replace(obeyed, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
