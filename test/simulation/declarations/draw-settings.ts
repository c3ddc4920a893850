import type { Member } from '../../../src/groups/member.ts';
import type { MemberName } from '../../../src/groups/member-name.ts';
import type { Prng } from '../world/prng.ts';
import { names, people } from './names.ts';

/**
 * What a group was before the run:
 *
 *     new           never declared
 *     many pages    it once had many members, so that the few that it has lie on many pages
 *     a full page   its one page holds as many members as it may, so that the next ones split it
 */
export type Past = 'new' | 'many pages' | 'a full page';

export interface DeclarationSettings {
  /** Milliseconds. */
  readonly callTimeout: number;
  readonly giveUpAfter: number;
  /** Each change has a sequence; they arrive in any order, and more than once. */
  readonly isSequenced: boolean;
  /** Milliseconds that instances' clocks may be off. */
  readonly clockErrors: readonly number[];
  readonly instances: number;
  readonly past: Past;
  /** Those that changes speak of. */
  readonly members: readonly Member[];
  /** Names that changes speak of; empty: nobody is named. */
  readonly names: readonly MemberName[];
  /** How likely each is, against 4 for one call under way; `arrivals`: of changes. */
  readonly arrivals: number;
  readonly stalls: number;
  readonly drifts: number;
  readonly verifications: number;
  readonly hourlyPasses: number;
  readonly purges: number;
  /** What lands late lands in the last minute in which it may. */
  readonly isLate: boolean;
}

/** Each run draws its own, so that some meet one thing in numbers and others a bit of all. */
export function drawSettings(prng: Prng): DeclarationSettings {
  const past = drawPast(prng);
  // With few members, changes of the same one meet.
  const count = { new: prng.pick([1, 3]), 'many pages': 14, 'a full page': 6 }[past];
  const twice = prng.chance(0.2) ? sameIds : [];
  const isNamed = past !== 'a full page' && prng.chance(0.35);
  const first = isNamed ? people : twice;
  return {
    callTimeout: 10_000,
    // A change that names nobody known is tried until then.
    giveUpAfter: isNamed ? 7_200_000 : prng.pick([7_200_000, 172_800_000]),
    isSequenced: prng.chance(isNamed ? 0.5 : 0.3),
    clockErrors: prng.pick([[0], [-3_600_000, 0, 3_600_000]]),
    instances: 1 + prng.int(3),
    past,
    members: [...first, ...externalGroups(count - first.length)],
    names: isNamed ? names : [],
    arrivals: prng.pick([0.5, 1.5, 6]),
    stalls: prng.pick([0, 0, 0.1, 0.4]),
    drifts: prng.pick([0, 0, 0.3]),
    verifications: prng.pick([0, 0, 0.3]),
    hourlyPasses: prng.pick([0, 0, 0, 0.1]),
    purges: prng.pick([0, 0, 0, 0, 0.1]),
    isLate: prng.chance(0.5),
  };
}

/** Declared as a user once, and as a group another time. */
const id = '00000000-0000-4000-8000-000000000001';
const sameIds: readonly Member[] = [
  { type: 'user', id },
  { type: 'group', id },
];

function externalGroups(count: number): Member[] {
  return Array.from({ length: Math.max(0, count) }, (_, index) => ({
    type: 'externalGroup',
    id: `m${index + 1}`,
  }));
}

function drawPast(prng: Prng): Past {
  const share = prng.next();
  if (share < 0.005) return 'a full page';
  return share < 0.2 ? 'many pages' : 'new';
}
