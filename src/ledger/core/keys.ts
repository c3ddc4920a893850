import { hash } from 'node:crypto';

/** 16 partitions per connection: enough for 32,000 entities a second, few enough to list. */
export const partitionDigits = [...'0123456789abcdef'] as const;

export function partitionOf(connectionId: string, digit: string): string {
  return `${connectionId.toLowerCase()}-${digit}`;
}

/** The partition of a group: it holds everything about the group, so that one transaction can change it. */
export function partitionOfGroup(connectionId: string, groupId: string): string {
  return partitionOf(connectionId, hash('sha256', groupId.toLowerCase(), 'hex').slice(0, 1));
}

/** Ids contain no dot, so the rows of two groups never mix. */
export function headRow(groupId: string): string {
  return `g.${groupId.toLowerCase()}`;
}

export function pageRow(groupId: string, page: number): string {
  return `m.${groupId.toLowerCase()}.${page.toString(16).padStart(2, '0')}`;
}

/** All row keys with the prefix: `from <= key < before`. `/` follows the dot. */
export const headRows = { from: 'g.', before: 'g/' } as const;

export function pageRows(groupId: string): { readonly from: string; readonly before: string } {
  const id = groupId.toLowerCase();
  return { from: `m.${id}.`, before: `m.${id}/` };
}
