import type { ChangeResult } from '../../../src/ledger/change-result.ts';
import type { RequestedChange } from '../../../src/ledger/core/change.ts';
import { AdapterError } from '../../../src/problems/adapter-error.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import type { DeclarationRun } from './declaration-run.ts';
import { drawChange } from './draw-change.ts';
import type { Fleet } from './fleet.ts';
import type { Declared } from './history.ts';
import type { Invariants } from './invariants.ts';
import { falseAboutNames, type NameError } from './judge-names.ts';
import { toMessage } from './to-message.ts';
import { Violation } from './violation.ts';

const trace = { traceparent: `00-${'0'.repeat(31)}1-${'0'.repeat(15)}1-01` };

const isBefore: readonly string[] = ['validation-failed', 'directory-access-denied', 'too-many-names'];

function nameErrorsOf(result: ChangeResult): readonly NameError[] {
  if (result.kind !== 'names-refused' || !Array.isArray(result.problem.members.errors)) return [];
  return result.problem.members.errors;
}

export interface Senders {
  /** Declares a change over HTTP. */
  readonly declare: (change: RequestedChange) => void;
  /** A change drawn by chance, over HTTP. */
  readonly declareAny: () => void;
}

/** Callers and producers: `budget` changes in all, during the faulty phase. */
export function addSenders(
  budget: number,
  { awake }: Pick<Fleet, 'awake'>,
  run: DeclarationRun,
  invariants: Pick<Invariants, 'isSettled' | 'catchUp'>,
): Senders {
  const { world, settings, history, totals, report } = run;
  const { prng } = world;
  const sent: RequestedChange[] = [];
  let left = budget;

  /** A sequenced change may come again, as from a queue; it is then the same change. */
  function arrive(): void {
    left -= 1;
    const isRepeated = settings.isSequenced && sent.length > 0 && prng.chance(0.3);
    const change = isRepeated ? prng.pick(sent) : newChange();
    if (!isRepeated) sent.push(change);
    // A message may come more than once, and a resequencing that does takes effect as often.
    const mayComeAgain = settings.isSequenced && change.kind !== 'resequence';
    if (mayComeAgain && prng.chance(0.5)) queue(change);
    else declare(change);
  }

  /** Several may share a sequence: of each thing the first of them counts. */
  function drawSequence(): number {
    const shared = sent.length > 0 && prng.chance(0.2) ? prng.pick(sent).sequence : undefined;
    return shared ?? 1 + prng.int(1_000_000);
  }

  const newChange = () => drawChange(prng, settings, settings.isSequenced ? drawSequence() : undefined);

  function called(change: RequestedChange, isQueued: boolean): Declared {
    totals.changes += 1;
    invariants.catchUp();
    const isSettled = invariants.isSettled(change.groupId);
    return history(change.groupId).call(change, { at: world.time.now(), isSettled, isQueued });
  }

  function queue(change: RequestedChange): void {
    called(change, true);
    const text = JSON.stringify(toMessage(change));
    world.timeline.note(() => `producer  ${text}`);
    const encoded = Buffer.from(text, 'utf8').toString('base64');
    world.queues.send(queueNames.changes, encoded, { delay: 0, ttl: Number.POSITIVE_INFINITY });
  }

  function declare(change: RequestedChange): void {
    const { instance, declarations } = prng.pick(awake());
    const words = JSON.stringify(change);
    const one = called(change, false);
    world.timeline.note(() => `${instance.name}  is told ${words}`);
    const patience = prng.pick([0, 10_000, 10_000]);
    declarations
      .declare(change, { source: 'http', patience, trace, log: () => undefined })
      .then((result) => {
        world.timeline.note(() => `${instance.name}  answers ${result.kind} to ${words}`);
        invariants.catchUp();
        if (result.kind === 'refused') return history(change.groupId).refused(one);
        history(change.groupId).answered(one);
        if (result.kind === 'settled' && !one.wasSettled)
          report(new Violation('false-answer', `settled: ${words}`));
        if ('superseded' in result && !one.wasSuperseded)
          report(new Violation('false-answer', `superseded: ${words}`));
        const isFalse = 'superseded' in result ? null : falseAboutNames(one, nameErrorsOf(result));
        if (isFalse !== null) report(new Violation('false-answer', `${isFalse}: ${words}`));
        if (result.kind === 'names-refused') totals.namesRefused += 1;
      })
      .catch((thrown: unknown) => {
        world.timeline.note(() => `${instance.name}  answers ${String(thrown)} to ${words}`);
        const isKnown =
          thrown instanceof AdapterError || (thrown instanceof Error && thrown.name !== 'TypeError');
        // Before anything is recorded: the door and the directory have refused it.
        if (thrown instanceof AdapterError && isBefore.includes(thrown.code))
          history(change.groupId).refused(one);
        if (!isKnown) report(new Violation('unexpected-error', `${words}: ${String(thrown)}`));
      });
  }

  world.addActor({
    name: 'arrival',
    weight: () => (left > 0 && !run.isCalm() && awake().length > 0 ? settings.arrivals : 0),
    act: arrive,
  });
  return {
    declare,
    declareAny: () => declare(newChange()),
  };
}
