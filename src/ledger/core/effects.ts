import { forEachInSteps, type Steps } from '../../shared/steps.ts';
import type { Change } from './change.ts';
import { sameWant } from './head.ts';
import { type NamesSeen, noNames } from './named-members.ts';
import { type Recording, type RecordRefusal, recordInSteps } from './record.ts';
import type { LedgerState } from './state.ts';

/** What a change would do. */
interface Effects {
  readonly group: 'create' | 'update' | 'delete' | 'unchanged';
  readonly members: { readonly add: number; readonly remove: number; readonly unchanged: number };
  readonly refusal: RecordRefusal | null;
  readonly names: NamesSeen;
  /** Everything it names has its sequence or a higher one. */
  readonly superseded: boolean;
}

/** Computes the effect of a change by recording it and comparing; the recorded state is discarded. */
export function* computeEffects(state: LedgerState, change: Change, now: number): Steps<Effects> {
  const recording = yield* recordInSteps(state, change, now);
  const refusal = recording.kind === 'refused' ? recording.refusal : null;
  // A change that a guard refuses is computed anyway: that is the purpose of a dry run.
  const shown =
    refusal?.code === 'too-many-removals' ? yield* recordInSteps(state, unguarded(change), now) : recording;
  const names = shown.kind === 'refused' ? noNames : shown.names;
  const superseded = shown.kind === 'unchanged' && shown.superseded;
  const members = yield* memberEffects(state, shown);
  return { group: groupEffect(state, shown), members, refusal, names, superseded };
}

function unguarded(change: Change): Change {
  return change.kind === 'put-members' ? { ...change, removals: Number.MAX_SAFE_INTEGER } : change;
}

function groupEffect({ head }: LedgerState, recording: Recording): Effects['group'] {
  if (recording.kind !== 'changed') return 'unchanged';
  const after = recording.state.head.want;
  if (sameWant(head.want, after)) return 'unchanged';
  if (after.kind === 'gone') return 'delete';
  // A group that Graph has not shown yet is created, whatever was declared for it before.
  return head.want.kind === 'present' && head.seen ? 'update' : 'create';
}

function* memberEffects({ head, pages }: LedgerState, recording: Recording): Steps<Effects['members']> {
  const wantedBefore = head.pages.reduce((sum, { wanted }) => sum + wanted, 0);
  if (recording.kind !== 'changed') return { add: 0, remove: 0, unchanged: wantedBefore };
  const { state: after } = recording;
  const wantedAfter = after.head.pages.reduce((sum, { wanted }) => sum + wanted, 0);
  const isMemberOf = yield* wantedIn(after.pages);
  const wasMember = yield* wantedIn(pages);
  // Pages that were not read have not changed, unless all were dropped: then they are empty.
  let kept = 0;
  yield* forEachInSteps(wasMember, (key) => {
    if (isMemberOf.has(key)) kept += 1;
  });
  const unread = head.pages
    .filter((_page, index) => !pages.has(index))
    .reduce((sum, { wanted }) => sum + wanted, 0);
  if (after.head.want.kind !== 'gone' || head.want.kind === 'gone') kept += unread;
  kept = Math.min(kept, wantedBefore, wantedAfter);
  return { add: wantedAfter - kept, remove: wantedBefore - kept, unchanged: kept };
}

function* wantedIn(pages: LedgerState['pages']): Steps<ReadonlySet<string>> {
  const keys = new Set<string>();
  for (const page of pages.values())
    yield* forEachInSteps(page, ([key, { wanted }]) => {
      if (wanted) keys.add(key);
    });
  return keys;
}
