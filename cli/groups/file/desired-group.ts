import type { Member } from '../../../src/groups/member.ts';

export interface GroupName {
  readonly connectionId: string;
  readonly id: string;
}

/** Ids that differ only in case are one group. */
export function groupKey({ connectionId, id }: GroupName): string {
  return `${connectionId}/${id}`.toLowerCase();
}

/** The desired state of a group according to a file. */
export interface DesiredGroup extends GroupName {
  /** False: the file is about the members alone, and leaves the group itself as it is. */
  readonly isDeclared: boolean;
  readonly displayName: string | null;
  readonly description: string | null;
  /** Null: the file leaves members unchanged. */
  readonly members: readonly Member[] | null;
}

/** The content of a line before it is checked by the adapter's own rules. */
export interface GroupEntry {
  readonly line: number;
  readonly connectionId: unknown;
  readonly id: unknown;
  /** `members`: the line is about members alone; `group` or absent: about the group too. */
  readonly declared?: unknown;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly members: readonly unknown[] | null;
}

export interface FileFault {
  readonly line: number;
  readonly pointer: string;
  readonly detail: string;
}
