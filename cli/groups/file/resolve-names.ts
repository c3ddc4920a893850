import { type Member, memberKey } from '../../../src/groups/member.ts';
import { type MemberName, nameKey } from '../../../src/groups/member-name.ts';
import type { Holder } from '../../../src/names/look-up-names.ts';
import type { DesiredGroup, FileFault, FileGroup, FileMember } from './desired-group.ts';

export interface ResolvedFile {
  readonly groups: readonly DesiredGroup[];
  /** Members whose names stand for nobody, or for several people. */
  readonly unresolved: readonly FileFault[];
}

/** The names in the file that must be looked up: those of members without an id. */
export function namesIn(groups: readonly FileGroup[]): readonly MemberName[] {
  return groups.flatMap(({ members }) =>
    (members ?? []).flatMap(({ id, name }) => (id === undefined && name !== undefined ? [name] : [])),
  );
}

/** Gives every member the id of whoever has its name. */
export function resolveNames(
  groups: readonly FileGroup[],
  holders: ReadonlyMap<string, Holder>,
): ResolvedFile {
  const unresolved: FileFault[] = [];
  const resolved = groups.map(({ members, ...group }): DesiredGroup => {
    if (members === null) return { ...group, members, unresolved: 0 };
    const found = new Map<string, Member>();
    let missing = 0;
    for (const said of members) {
      const holder = holderOf(said, holders);
      if (typeof holder === 'object') {
        const { type, name } = said;
        const member = { type, id: holder.id, ...(name === undefined ? {} : { [name.kind]: name.value }) };
        if (!found.has(memberKey(member))) found.set(memberKey(member), member);
        continue;
      }
      missing += 1;
      const detail = holder === 'ambiguous' ? 'several people have this name' : 'nobody has this name';
      unresolved.push({ line: said.line, pointer: said.pointer, detail });
    }
    return { ...group, members: [...found.values()], unresolved: missing };
  });
  unresolved.sort((a, b) => a.line - b.line);
  return { groups: resolved, unresolved };
}

function holderOf({ id, name }: FileMember, holders: ReadonlyMap<string, Holder>): Holder {
  if (id !== undefined || name === undefined) return { id: id ?? '' };
  return holders.get(nameKey(name)) ?? 'not-found';
}
