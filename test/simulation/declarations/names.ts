import type { Member } from '../../../src/groups/member.ts';
import { type MemberName, nameHash } from '../../../src/groups/member-name.ts';
import { keyOfName } from './by-name.ts';

/** Accounts whose names come and go. */
export const people: readonly Member[] = ['a1', 'a2', 'a3'].map((each) => ({
  type: 'user',
  id: `00000000-0000-4000-8000-0000000000${each}`,
}));

/** Names that may belong to somebody; the last one never does. */
export const names: readonly MemberName[] = [
  { kind: 'mail', value: "o'hara@contoso.com" },
  { kind: 'employeeId', value: 'e47' },
  { kind: 'mail', value: 'nobody@contoso.com' },
];

const byHash = new Map(names.map((name) => [nameHash(name), keyOfName(name)]));

/** The name of which the ledger keeps a hash. */
export function nameOfHash(hash: string): string {
  return byHash.get(hash) ?? `unknown name ${hash}`;
}
