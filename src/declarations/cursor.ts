import { AdapterError } from '../problems/adapter-error.ts';

type Place = readonly (string | number)[];

/** A place in a list as a caller carries it. No member is named in it. `list` keeps cursors of different lists apart. */
export function writeCursor(list: string, place: Place): string {
  return Buffer.from(JSON.stringify([list, ...place]), 'utf8').toString('base64url');
}

/** The place that a cursor names; null: none was given. Throws `validation-failed` for what is no cursor of this list. */
export function readCursor<P extends Place>(
  list: string,
  cursor: string | undefined,
  isPlace: (place: readonly unknown[]) => place is P,
): P | null {
  if (cursor === undefined) return null;
  const parsed = parse(cursor);
  const [of, ...place] = Array.isArray(parsed) ? (parsed as readonly unknown[]) : [];
  if (of !== list || !isPlace(place))
    throw new AdapterError('validation-failed', 'The cursor is none of this list.');
  return place;
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}
