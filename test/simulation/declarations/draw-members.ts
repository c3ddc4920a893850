import { memberIdentity, type RequestedMember } from '../../../src/groups/member.ts';
import type { MemberName } from '../../../src/groups/member-name.ts';
import type { Prng } from '../world/prng.ts';
import type { DeclarationSettings } from './draw-settings.ts';

type Whom = Pick<DeclarationSettings, 'members' | 'names'>;

/** Those whom a change may speak of, by an id, by a name, or by both: nobody is said twice in the same way. */
export function drawMembers(prng: Prng, { members, names }: Whom, share: number): RequestedMember[] {
  const drawn = members.filter(() => prng.chance(share));
  // One id is one member, whatever its type: the door takes the type said last.
  const byId = new Map(drawn.map((member) => [memberIdentity(member), member]));
  if (names.length === 0) return [...byId.values()];
  const spell = (name: MemberName): MemberName =>
    prng.chance(0.2) ? { ...name, value: name.value.toUpperCase() } : name;
  const withId = [...byId.values()].map((member): RequestedMember => {
    if (member.type !== 'user' || !prng.chance(0.15)) return member;
    return { ...member, name: spell(prng.pick(names)) };
  });
  const byName = names.flatMap((name): RequestedMember[] =>
    prng.chance(share) ? [{ type: 'user', name: spell(name) }] : [],
  );
  return [...withId, ...byName];
}

/** With a pointer to each that has a name, as the doors give it. */
export function pointed(list: string, members: readonly RequestedMember[]): readonly RequestedMember[] {
  return members.map((member, index) =>
    member.name === undefined ? member : { ...member, at: `/${list}/${index}` },
  );
}
