import type { AllProperties } from '../../groups/group-properties.ts';
import { propertiesOf } from '../../groups/group-properties.ts';
import type { MemberType } from '../../groups/member.ts';
import type { ProblemDetails } from '../../problems/problem.ts';
import { problemDetails } from '../../problems/problem.ts';
import { type MemberEntry, noSequence } from './entry.ts';
import { type Failure, type Head, sumOf } from './head.ts';
import { dueAt, isDenied, isResting, isSettled } from './progress.ts';
import { timing } from './timing.ts';

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

/** The path of a declared group in this app. */
export function groupPath(connectionId: string, groupId: string): string {
  return `/api/connections/${connectionId}/groups/${groupId}`;
}

/** A declared group as callers see it. */
export function toGroupRecord(head: Head): GroupRecord {
  const { connectionId, groupId, want, highest, changedAt, appliedAt } = head;
  const failure = failureOf(head);
  const state = stateOf(head);
  const next = dueAt(head);
  const isWaiting = Number.isFinite(next) && next > 0;
  return {
    connectionId,
    id: groupId,
    ...propertiesOf(want.kind === 'present' ? want : {}),
    deleted: want.kind === 'gone',
    state,
    ...(highest === noSequence ? {} : { sequence: highest }),
    members: countMembers(head),
    lastChangedDateTime: iso(changedAt),
    ...(appliedAt === 0 ? {} : { lastAppliedDateTime: iso(appliedAt) }),
    ...(isWaiting ? { nextAttemptDateTime: iso(next) } : {}),
    ...(failure === null
      ? {}
      : {
          error: problemDetails(
            failure.code,
            failure.detail,
            groupPath(connectionId, groupId),
            failure.members,
          ),
        }),
  };
}

/** A member as callers see it; null: it is gone, and remembered only for its sequence. */
export function toMemberRecord(head: Head, member: MemberEntry): MemberRecord | null {
  const { type, id, wanted, step, code } = member;
  if (!wanted && step === 'done') return null;
  const isStopped = step !== 'done' && isHalted(head);
  const state: RecordState =
    step === 'done' ? 'applied' : step === 'refused' || isStopped ? 'failed' : 'applying';
  const failure = step === 'refused' ? refusalOfMember(code) : isStopped ? failureOf(head) : null;
  if (failure === null) return { type, id, wanted, state };
  const path = `${groupPath(head.connectionId, head.groupId)}/members`;
  return {
    type,
    id,
    wanted,
    state,
    error: problemDetails(failure.code, failure.detail, path, failure.members),
  };
}

/**
 * `applied`: Graph is as declared; `failed`: nothing is under way, and something failed. Missing permissions are a
 * failure, though it is tried again by itself from time to time.
 */
export function stateOf(head: Head): RecordState {
  if (!isResting(head)) return isDenied(head) ? 'failed' : 'applying';
  const isWaitingForGroup = head.want.kind === 'gone' && sumOf(head, 'wanted') > 0;
  return isSettled(head) && !isWaitingForGroup ? 'applied' : 'failed';
}

function countMembers(head: Head): GroupRecord['members'] {
  const [applied, applying, failed] = [
    sumOf(head, 'applied'),
    sumOf(head, 'applying'),
    sumOf(head, 'failed'),
  ];
  return isHalted(head) ? { applied, applying: 0, failed: failed + applying } : { applied, applying, failed };
}

/** Whatever is not done yet will not be done without a change. */
function isHalted(head: Head): boolean {
  return isResting(head) && stateOf(head) === 'failed';
}

/** Why a group failed, or why it is waiting; null: neither. */
export function failureOf(head: Head): Failure | null {
  if (head.error !== null) return head.error;
  if (head.refusal !== null) return head.refusal;
  if (head.want.kind === 'gone' && !head.ending && sumOf(head, 'wanted') > 0)
    return {
      code: 'group-not-found',
      detail: 'Its members wait for the group, which is deleted.',
      members: {},
    };
  const refused = sumOf(head, 'failed');
  if (refused === 0) return null;
  return {
    code: 'members-refused',
    detail: `Graph refused ${refused} of its members.`,
    members: head.refusedBy === null ? {} : { graph: head.refusedBy },
  };
}

function refusalOfMember(code: string | null): Failure {
  const suffix = code === null ? '' : ` (${code})`;
  return { code: 'graph-rejected', detail: `Graph refused this member${suffix}.`, members: {} };
}

/** As storage's clock has it: the ledger's own times are held back. */
function iso(time: number): string {
  return new Date(time + timing.margin).toISOString();
}
