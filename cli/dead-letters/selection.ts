import type { Letter } from './letter.ts';

/** The letters a command applies to; an absent criterion matches everything. */
export interface Selection {
  /** Message ids or operation ids. */
  readonly ids?: readonly string[];
  readonly code?: string;
  readonly connection?: string;
  readonly operation?: string;
}

export function isSelected(letter: Letter, { ids, code, connection, operation }: Selection): boolean {
  const named = ids === undefined || ids.length === 0 || ids.some((id) => isNamed(letter, id));
  return (
    named &&
    (code === undefined || letter.code === code) &&
    (connection === undefined || letter.connectionId === connection) &&
    (operation === undefined || letter.operationId === operation)
  );
}

export function isNamed({ messageId, operationId }: Letter, id: string): boolean {
  return id === messageId || id === operationId;
}
