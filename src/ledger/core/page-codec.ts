import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { type MemberType, memberKey, memberTypes } from '../../groups/member.ts';
import { type MemberEntry, noSequence, type Step } from './entry.ts';
import type { Page } from './page.ts';

const steps: readonly Step[] = ['done', 'todo', 'again', 'refused'];
const letters = { user: 'u', group: 'g', externalGroup: 'x' } as const satisfies Record<MemberType, string>;
const types = new Map<string, MemberType>(memberTypes.map((type) => [letters[type], type]));
const dashed = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/i;
const undashed = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/i;

/** `[id, step, flags, current, late, sequence, code, nameHash]`; only the id if it is wanted, done and without a name. */
type PackedEntry =
  | string
  | readonly [string, number, number, number?, number?, number?, (string | null)?, string?];

/** A page as bytes: deflated JSON, about 21 bytes per settled member. */
export function encodePage(page: Page): Uint8Array {
  const packed: PackedEntry[] = [...page.values()].map((entry) => {
    const { type, id, step, current, late, wanted, said404, isUnknown, sequence, code, nameHash } = entry;
    const short = letters[type] + (type === 'externalGroup' ? id : id.replace(dashed, '$1$2$3$4$5'));
    const flags = (wanted ? 1 : 0) | (said404 ? 2 : 0) | (isUnknown ? 4 : 0);
    const isPlain = current === 0 && late === 0 && sequence === noSequence && code === null;
    if (isPlain && step === 'done' && flags === 1 && nameHash === undefined) return short;
    const brief = [short, steps.indexOf(step), flags] as const;
    if (nameHash !== undefined) return [...brief, current, late, sequence, code, nameHash];
    return isPlain ? brief : [...brief, current, late, sequence, code];
  });
  return deflateRawSync(JSON.stringify(packed));
}

/** The decoded page; throws if the bytes are not one. */
export function decodePage(bytes: Uint8Array): Page {
  const packed = JSON.parse(
    inflateRawSync(bytes, { maxOutputLength: 64 * 1024 * 1024 }).toString('utf8'),
  ) as PackedEntry[];
  const page = new Map<string, MemberEntry>();
  for (const entry of packed) {
    const [short, step = 0, flags = 1, current = 0, late = 0, sequence = noSequence, code = null, nameHash] =
      typeof entry === 'string' ? ([entry] as const) : entry;
    const type = types.get(short.slice(0, 1));
    if (type === undefined) throw new Error('a page of the ledger holds a member of an unknown type');
    const rest = short.slice(1);
    const id = type === 'externalGroup' ? rest : rest.replace(undashed, '$1-$2-$3-$4-$5');
    page.set(memberKey({ type, id }), {
      type,
      id,
      wanted: (flags & 1) !== 0,
      said404: (flags & 2) !== 0,
      isUnknown: (flags & 4) !== 0,
      step: steps[step] ?? 'todo',
      current,
      late,
      sequence,
      code,
      ...(nameHash === undefined ? {} : { nameHash }),
    });
  }
  return page;
}
