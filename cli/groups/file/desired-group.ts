import type { Member } from '../../../src/groups/member.ts';

export interface GroupName {
  readonly connectionId: string;
  readonly id: string;
}

/** Ids that differ in case alone are one group. */
export function groupKey({ connectionId, id }: GroupName): string {
  return `${connectionId}/${id}`.toLowerCase();
}

/** A group as a file says that it shall be. */
export interface DesiredGroup extends GroupName {
  readonly displayName: string | null;
  readonly description: string | null;
  /** Null: the file says nothing about members. */
  readonly members: readonly Member[] | null;
}

/** What a line says before it is checked by the adapter's own rules. */
export interface GroupEntry {
  readonly line: number;
  readonly connectionId: unknown;
  readonly id: unknown;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly members: readonly unknown[] | null;
}

export interface FileFault {
  readonly line: number;
  readonly pointer: string;
  readonly detail: string;
}
