import { hash } from 'node:crypto';

/** The names of users that Entra ID can be asked for, as they stand in a member. */
export const nameKinds = ['upn', 'mail', 'employeeId', 'sid'] as const;
export type NameKind = (typeof nameKinds)[number];

/** How a business system knows a user. */
export interface MemberName {
  readonly kind: NameKind;
  readonly value: string;
}

/** Names that differ only in case are one: Entra ID compares them so. */
export function nameKey({ kind, value }: MemberName): string {
  return `${kind}:${value.toLowerCase()}`;
}

/** What the ledger keeps of a name, 96 bits: enough to tell the names of a group apart, and no name. */
export function nameHash(name: MemberName): string {
  return hash('sha256', nameKey(name), 'buffer').subarray(0, 12).toString('base64url');
}
