/**
 * Characters that a terminal or a log viewer acts on instead of showing: C0 and C1 controls, line and paragraph
 * separators, and those that change the direction of text.
 */
const obeyed = /[\p{Cc}\u2028\u2029\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** External text with such characters as JSON's Unicode escapes: inside a JSON string they mean the same. */
export function escapeControls(text: string): string {
  return text.replace(obeyed, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
