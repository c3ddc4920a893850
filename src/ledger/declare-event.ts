import type { Problem } from '../problems/problem.ts';
import type { AttemptChange, AttemptedChange } from './change-outcome.ts';
import type { RequestedChange } from './core/change.ts';
import type { DeclareOptions } from './declare.ts';
import type { EventMessage } from './event-message.ts';

/** What an event says: its changes, and why the rest of it, or all of it, cannot be mapped. */
interface MappedEvent {
  readonly changes: readonly RequestedChange[];
  readonly problem: Problem | null;
}

/** Maps an event by its source. `isRepeated`: it was mapped before, and what is ignored has been counted. */
export type MapEvent = (event: EventMessage, isRepeated: boolean) => Promise<MappedEvent>;

/** The result of an event: the result of the change that decides how the message is settled. */
export type AttemptedEvent = Exclude<AttemptedChange, { kind: 'settled' }> | { readonly kind: 'declared' };

/** For an app that serves no sources. */
export const mapNoEvent: MapEvent = () =>
  Promise.resolve({
    changes: [],
    problem: { code: 'source-not-found', detail: 'No source is served here.', members: {} },
  });

/**
 * Declares every change of an event, one after the other. The message stays a whole: if one change cannot be recorded now
 * all are declared again later, and those that are recorded already are superseded by themselves, for each has a sequence.
 */
export async function declareEvent(
  { changes, problem }: MappedEvent,
  attempt: AttemptChange,
  options: DeclareOptions,
): Promise<AttemptedEvent> {
  const patience = options.patience / Math.max(1, changes.length);
  const outcomes: AttemptedChange[] = [];
  for (const change of changes) outcomes.push(await attempt(change, { ...options, patience }));
  const find = <K extends AttemptedChange['kind']>(kind: K) =>
    outcomes.find((one): one is Extract<AttemptedChange, { kind: K }> => one.kind === kind);
  const unrecorded = find('unrecorded');
  if (unrecorded !== undefined) return unrecorded;
  if (problem !== null) return { kind: 'refused', problem };
  return find('refused') ?? namesRefused(outcomes) ?? { kind: 'declared' };
}

/** All refused names of an event, each below the position of its change. */
function namesRefused(outcomes: readonly AttemptedChange[]): AttemptedEvent | null {
  const refused = outcomes.find((one) => one.kind === 'names-refused');
  if (refused === undefined) return null;
  const errors = outcomes.flatMap((one, index) => {
    if (one.kind !== 'names-refused' || !Array.isArray(one.problem.members.errors)) return [];
    return one.problem.members.errors.map((error: { readonly pointer: string }) => ({
      ...error,
      pointer: `/changes/${index}${error.pointer}`,
    }));
  });
  return { ...refused, problem: { ...refused.problem, members: { errors } } };
}
