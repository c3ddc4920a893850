import type { Problem } from '../problems/problem.ts';
import type { Clock } from '../shared/clock.ts';
import { newTrace } from '../telemetry/trace-context.ts';
import type { ChangeResult } from './change-result.ts';
import type { RequestedChange } from './core/change.ts';
import type { DeclareById, DeclareOptions } from './declare.ts';
import type { Plan, PlanById } from './plan-change.ts';
import type { NameFault, ResolveChange } from './resolve-change.ts';

/** Records a change and carries it out as far as the patience allows. Rejects if it may not be recorded. */
export type Declare = (change: RequestedChange, options: DeclareOptions) => Promise<ChangeResult>;

/** Computes the effect without recording anything or calling Graph. Rejects if the ledger cannot be read. */
export type PlanChange = (change: RequestedChange) => Promise<Plan>;

interface ByNamePorts {
  readonly declare: DeclareById;
  readonly planChange: PlanById;
  readonly resolveChange: ResolveChange;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** Milliseconds for the lookups of a queued change. */
const queuedLookUps = 20_000;
/** Milliseconds for the lookups of a dry run. */
const planLookUps = 5_000;
/** The share of a caller's time that lookups may take: the rest is for recording. */
const share = 0.6;

/**
 * Looks names up, then records the change by ids. Whatever has an id is recorded; a name that stands for nobody or for
 * several people is refused by its position.
 */
export function createDeclareByName({
  declare,
  resolveChange,
  clock,
}: Omit<ByNamePorts, 'planChange'>): Declare {
  return async function declareByName(change, options) {
    const { source, patience, answerWithin, trace } = options;
    const startedAt = clock.monotonic();
    const milliseconds = answerWithin === undefined ? queuedLookUps : answerWithin * share;
    const resolved = await resolveChange(change, { milliseconds, trace, urgent: source === 'http' });
    const passed = clock.monotonic() - startedAt;
    const declared = await declare(resolved.change, {
      ...options,
      patience: Math.max(0, patience - passed),
      ...(answerWithin === undefined ? {} : { answerWithin: answerWithin - passed }),
    });
    // What a later change has decided is no longer a question of names.
    if (declared.kind === 'refused' || declared.superseded) return declared;
    const errors = [...resolved.faults, ...unmatched(declared.unmatched)];
    if (errors.length === 0) return declared;
    return { kind: 'names-refused', record: declared.record, problem: namesRefused(errors, 'is') };
  };
}

/** What a change whose members may have names would do. */
export function createPlanByName({
  planChange,
  resolveChange,
}: Pick<ByNamePorts, 'planChange' | 'resolveChange'>): PlanChange {
  return async function planByName(change) {
    const lookUps = { milliseconds: planLookUps, trace: newTrace(), urgent: true };
    const resolved = await resolveChange(change, lookUps);
    const { unmatched: pointers, superseded, ...plan } = await planChange(resolved.change);
    const errors = [...resolved.faults, ...unmatched(pointers)];
    return errors.length === 0 || superseded || plan.refused !== undefined
      ? plan
      : { ...plan, refused: namesRefused(errors, 'would be') };
  };
}

function unmatched(pointers: readonly string[] = []): readonly NameFault[] {
  return pointers.map((pointer) => ({ in: 'body', pointer, keyword: 'name', detail: 'not-found' }));
}

function namesRefused(errors: readonly NameFault[], restIs: 'is' | 'would be'): Problem {
  const count = errors.length === 1 ? 'One name belongs' : `${errors.length} names belong`;
  return {
    code: 'members-refused',
    detail: `${count} to nobody, or to several people: see "errors". The rest of the change ${restIs} recorded.`,
    members: { errors },
  };
}
