import { isJsonObject } from './json.ts';

/** What one member of a JSON object may hold. `wants` completes "x must be …". */
export interface MemberCheck {
  readonly test: (value: unknown) => boolean;
  readonly wants: string;
  readonly required?: true;
}

export type MemberChecks = { readonly [name: string]: MemberCheck };

export const text: MemberCheck = { test: (value) => typeof value === 'string', wants: 'a string' };
export const flag: MemberCheck = { test: (value) => typeof value === 'boolean', wants: 'true or false' };
export const count: MemberCheck = {
  test: (value) => Number.isInteger(value) && Number(value) >= 0,
  wants: 'a whole number, zero or more',
};
export const status: MemberCheck = {
  test: (value) => Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599,
  wants: 'an HTTP status from 200 to 599',
};

/** One of the given words. */
export function oneOf(words: readonly string[]): MemberCheck {
  return { test: (value) => words.includes(String(value)), wants: `one of ${words.join(', ')}` };
}

/** The same check for a member that may not be left out. */
export function required(check: MemberCheck): MemberCheck {
  return { ...check, required: true };
}

/** Every fault of an object as half a sentence, `[]` when there is none. Unknown members are faults. */
export function findFaults(value: unknown, checks: MemberChecks, name: string): string[] {
  if (!isJsonObject(value)) return [`${name} must be a JSON object`];
  const unknown = Object.keys(value)
    .filter((member) => !Object.hasOwn(checks, member))
    .map((member) => `${name} may not have "${member}" (it may have ${Object.keys(checks).join(', ')})`);
  const wrong = Object.entries(checks).flatMap(([member, check]) => {
    if (value[member] === undefined) return check.required ? [`${name}.${member} is missing`] : [];
    return check.test(value[member]) ? [] : [`${name}.${member} must be ${check.wants}`];
  });
  return [...unknown, ...wrong];
}

/** The same for a union told apart by `kind`; `shared` members may stand in every kind. */
export function findKindFaults(
  value: unknown,
  kinds: { readonly [kind: string]: MemberChecks },
  shared: MemberChecks,
  name: string,
): string[] {
  if (!isJsonObject(value)) return [`${name} must be a JSON object`];
  const kind = oneOf(Object.keys(kinds));
  const own =
    typeof value.kind === 'string' && Object.hasOwn(kinds, value.kind) ? kinds[value.kind] : undefined;
  if (own === undefined) return [`${name}.kind must be ${kind.wants}`];
  return findFaults(value, { kind, ...own, ...shared }, name);
}
