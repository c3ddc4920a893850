import { eachProperty } from '../groups/group-properties.ts';
import { type Cut, cutText } from '../queue/dead-letter.ts';

/** Bytes of JSON that each text of a shortened group may take. */
const maxTextBytes = 4 * 1024;

/** A group whose texts are short enough for any message or table property; anything that is not a group is unchanged. */
export function cutGroup(group: unknown): unknown {
  if (typeof group !== 'object' || group === null) return group;
  const cut = (text: unknown) => (typeof text === 'string' ? cutText(text, maxTextBytes) : (text ?? null));
  const { id, ...properties }: Record<string, unknown> = { ...group };
  return { id, ...eachProperty((name) => cut(properties[name])) };
}

/** Two groups of 32 KiB do not fit one message: the group that exists in Graph is dropped first. */
export const creationCuts: readonly Cut[] = [
  {
    name: 'existing',
    shorten: ({ error, ...letter }) => ({
      ...letter,
      error: { ...error, existing: cutGroup(error.existing) },
    }),
  },
  { name: 'group', shorten: (letter) => ({ ...letter, group: cutGroup(letter.group) }) },
];
