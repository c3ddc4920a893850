import type { AllProperties } from '../../../src/groups/group-properties.ts';
import type { Member, RequestedMember } from '../../../src/groups/member.ts';

export interface GroupName {
  readonly connectionId: string;
  readonly id: string;
}

/** Ids that differ only in case are one group. */
export function groupKey({ connectionId, id }: GroupName): string {
  return `${connectionId}/${id}`.toLowerCase();
}

interface About extends GroupName, AllProperties {
  /** False: the file is about the members alone, and leaves the group itself as it is. */
  readonly isDeclared: boolean;
}

/** A member as a file has it, and where. */
export interface FileMember extends Pick<RequestedMember, 'type' | 'id' | 'name'> {
  readonly line: number;
  readonly pointer: string;
}

/** A group as a file has it: members may have names. */
export interface FileGroup extends About {
  /** Null: the file leaves members unchanged. */
  readonly members: readonly FileMember[] | null;
}

/** The desired state of a group according to a file. Members have ids; a name beside it is the one it was found by. */
export interface DesiredGroup extends About {
  readonly members: readonly Member[] | null;
  /** Members that are left out, since their names stand for nobody, or for several people. */
  readonly unresolved: number;
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
  /** The line of each member; absent: they are all on the group's own. */
  readonly memberLines?: readonly number[];
}

export interface FileFault {
  readonly line: number;
  readonly pointer: string;
  readonly detail: string;
}
