import type { FromSchema } from 'json-schema-to-ts';

/** JSON Schemas of the properties of a group, without its id: everything else about them follows from this table. */
export const groupProperties = {
  displayName: { type: ['string', 'null'], description: 'Friendly name.' },
  description: { type: ['string', 'null'], description: 'What the group is for.' },
} as const;

type Name = keyof typeof groupProperties;

/** The properties as a caller or a source sends them: null and absent mean the same. */
export type GroupProperties = { readonly [name in Name]?: FromSchema<(typeof groupProperties)[name]> };

/** The properties as they are recorded and compared: absent ones are null. */
export type AllProperties = { readonly [name in Name]: FromSchema<(typeof groupProperties)[name]> };

export const groupPropertyNames = Object.keys(groupProperties) as Name[];

/** Something for each property. */
export function eachProperty<T>(make: (name: Name) => T): { readonly [name in Name]: T } {
  return Object.fromEntries(groupPropertyNames.map((name) => [name, make(name)])) as Record<Name, T>;
}

/** The properties of a group, without its other members. */
export function propertiesOf(group: GroupProperties): AllProperties {
  return eachProperty((name) => group[name] ?? null);
}

/** The properties in data from outside, found by their names; null: one of them is not what it should be. */
export function readProperties(read: (name: string) => unknown): AllProperties | null {
  const found = eachProperty((name) => read(name) ?? null);
  return Object.values(found).every(isText) ? (found as AllProperties) : null;
}

function isText(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

/** True if Graph would store the same for both. */
export function sameProperties(a: GroupProperties, b: GroupProperties): boolean {
  return groupPropertyNames.every((name) => (a[name] ?? null) === (b[name] ?? null));
}
