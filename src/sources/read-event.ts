import type { Mapped } from './define-source.ts';

/** An event lacks what its mapping needs. The message names members of the event, none of its values. */
export class UnmappableEvent extends Error {
  override readonly name = 'UnmappableEvent';
}

/** The value at a path of member names and positions; undefined: there is none. */
export function valueAt(event: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? Reflect.get(value, name)
        : undefined,
    event,
  );
}

/** Text that must be there. */
export function textAt(event: unknown, ...path: readonly (string | number)[]): string {
  const value = valueAt(event, ...path);
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  throw new UnmappableEvent(`"${path.join('.')}" is not text`);
}

export function listAt(event: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const value: unknown = valueAt(event, ...path);
  if (Array.isArray(value)) return value;
  throw new UnmappableEvent(`"${path.join('.')}" is not a list`);
}

/** A time of the source as a sequence: milliseconds since 1970. */
export function sequenceAt(event: unknown, ...path: readonly (string | number)[]): number {
  const milliseconds = Date.parse(textAt(event, ...path));
  if (Number.isSafeInteger(milliseconds) && milliseconds >= 0) return milliseconds;
  throw new UnmappableEvent(`"${path.join('.')}" is not a time`);
}

/** An address that must be there. Systems that hide it send another text in its place, such as `[REDACTED]`. */
export function addressAt(event: unknown, ...path: readonly (string | number)[]): string {
  const address = textAt(event, ...path);
  if (isAddress(address)) return address;
  throw new UnmappableEvent(`"${path.join('.')}" is not an address; it may be hidden`);
}

export function isAddress(value: unknown): boolean {
  return typeof value === 'string' && /^[^\s@]+@[^\s@]+$/.test(value);
}

/** Maps the entries of an event that holds several: one that cannot be mapped does not stop the others. */
export function mapEach(
  entries: readonly unknown[],
  mapEntry: (entry: unknown) => Mapped | readonly Mapped[],
): readonly Mapped[] {
  return entries.flatMap((entry, index): Mapped | readonly Mapped[] => {
    try {
      return mapEntry(entry);
    } catch (thrown) {
      return { unmapped: `entry ${index}: ${thrown instanceof Error ? thrown.message : String(thrown)}` };
    }
  });
}
