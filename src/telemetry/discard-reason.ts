export const maxDiscardReason = 120;

const allowed = new RegExp(`^[\\p{L}\\d][\\p{L}\\d .,:;()/#_-]{2,${maxDiscardReason - 1}}$`, 'u');

/** Why an operator discarded a dead letter: the only text of a person in telemetry. Null: it may not go there. */
export function readDiscardReason(text: unknown): string | null {
  const trimmed = typeof text === 'string' ? text.trim() : '';
  return allowed.test(trimmed) ? trimmed : null;
}
