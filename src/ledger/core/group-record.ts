import type { AllProperties } from '../../groups/group-properties.ts';
import type { MemberType } from '../../groups/member.ts';
import type { ProblemDetails } from '../../problems/catalogue.ts';

export const recordStates = ['applied', 'applying', 'failed'] as const;
export type RecordState = (typeof recordStates)[number];

/** A declared group as callers see it. Times are ISO 8601 in UTC. */
export interface GroupRecord extends AllProperties {
  readonly connectionId: string;
  readonly id: string;
  readonly deleted: boolean;
  readonly state: RecordState;
  readonly sequence?: number;
  readonly members: { readonly [state in RecordState]: number };
  readonly lastChangedDateTime: string;
  readonly lastAppliedDateTime?: string;
  readonly nextAttemptDateTime?: string;
  readonly error?: ProblemDetails;
}

/** A member as callers see it; `wanted: false`: it should be absent. */
export interface MemberRecord {
  readonly type: MemberType;
  readonly id: string;
  readonly wanted: boolean;
  readonly state: RecordState;
  readonly error?: ProblemDetails;
}
