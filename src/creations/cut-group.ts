import { cutText } from '../work/dead-letter.ts';

/** Bytes of JSON that each text of a cut group may take. */
const maxTextBytes = 4 * 1024;

/** A group whose texts are short enough for any message or table property; what is no group stays as it is. */
export function cutGroup(group: unknown): unknown {
  if (typeof group !== 'object' || group === null) return group;
  const cut = (text: unknown) => (typeof text === 'string' ? cutText(text, maxTextBytes) : (text ?? null));
  const { id, displayName, description }: Record<string, unknown> = { ...group };
  return { id, displayName: cut(displayName), description: cut(description) };
}
