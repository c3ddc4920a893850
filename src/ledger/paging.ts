import { AdapterError } from '../problems/adapter-error.ts';

/** A part of a list. */
export interface Page<T> {
  readonly entries: readonly T[];
  /** The cursor of the next page: opaque, without ids of members; absent on the last page. */
  readonly next?: string;
}

type Place = readonly (string | number)[];

/** A position in a list as passed to callers. It names no member. `list` keeps cursors of different lists apart. */
export function writeCursor(list: string, place: Place): string {
  return Buffer.from(JSON.stringify([list, ...place]), 'utf8').toString('base64url');
}

/** The position of a cursor; null if none was given. Throws `validation-failed` if it is not a cursor of this list. */
export function readCursor<P extends Place>(
  list: string,
  cursor: string | undefined,
  isPlace: (place: readonly unknown[]) => place is P,
): P | null {
  if (cursor === undefined) return null;
  const parsed = parse(cursor);
  const [of, ...place] = Array.isArray(parsed) ? (parsed as readonly unknown[]) : [];
  if (of !== list || !isPlace(place))
    throw new AdapterError('validation-failed', 'The cursor does not belong to this list.');
  return place;
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}
