import type { Change } from '../../../src/ledger/core/change.ts';
import { AdapterError } from '../../../src/problems/adapter-error.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import type { DeclarationRun, Declared } from './declaration-run.ts';
import { desiredAfter, isSame } from './desired.ts';
import { drawChange } from './draw-change.ts';
import type { Fleet } from './fleet.ts';
import type { Invariants } from './invariants.ts';
import { toMessage } from './to-message.ts';
import { Violation } from './violation.ts';

const trace = { traceparent: `00-${'0'.repeat(31)}1-${'0'.repeat(15)}1-01` };

export interface Senders {
  /** Declares a change over HTTP. */
  readonly declare: (one: Declared) => void;
  /** A change drawn by chance, over HTTP. */
  readonly declareAny: () => void;
}

/** Callers and producers: `budget` changes in all, during the faulty phase. */
export function addSenders(
  budget: number,
  { awake }: Pick<Fleet, 'awake'>,
  run: DeclarationRun,
  invariants: Pick<Invariants, 'desiredOf' | 'isSettled' | 'catchUp'>,
): Senders {
  const { world, settings, declared, tally, report } = run;
  const { prng } = world;
  let left = budget;

  /** A sequenced change may come again, as from a queue; it is then the same change. */
  function arrive(): void {
    left -= 1;
    const isRepeated = settings.isSequenced && declared.length > 0 && prng.chance(0.3);
    const one: Declared = isRepeated ? prng.pick(declared) : newDeclared();
    if (!isRepeated) declared.push(one);
    if (settings.isSequenced && prng.chance(0.5)) queue(one);
    else declare(one);
  }

  function newDeclared(): Declared {
    const change: Change = drawChange(
      prng,
      settings,
      settings.isSequenced ? 1 + prng.int(1_000_000) : undefined,
    );
    return { change, isRecorded: false, wasNoChange: false, wasSettled: false, isAnswered: false };
  }

  /** A producer's message: what is on the queue is accepted. */
  function queue(one: Declared): void {
    tally.changes += 1;
    one.isAnswered = true;
    const text = JSON.stringify(toMessage(one.change));
    world.timeline.note(() => `producer  ${text}`);
    const encoded = Buffer.from(text, 'utf8').toString('base64');
    world.queues.send(queueNames.changes, encoded, { delay: 0, ttl: Number.POSITIVE_INFINITY });
  }

  function declare(one: Declared): void {
    tally.changes += 1;
    const { instance, declarations } = prng.pick(awake());
    const { change } = one;
    const words = JSON.stringify(change);
    const before = invariants.desiredOf(change.groupId);
    one.wasSettled ||= invariants.isSettled(change.groupId);
    one.wasNoChange ||= isSame(before, desiredAfter(before, change));
    world.timeline.note(() => `${instance.name}  is told ${words}`);
    const patience = prng.pick([0, 10_000, 10_000]);
    declarations
      .declare(change, { source: 'http', patience, trace, log: () => undefined })
      .then((result) => {
        world.timeline.note(() => `${instance.name}  answers ${result.kind} to ${words}`);
        if (result.kind === 'refused') return;
        invariants.catchUp();
        one.isAnswered = true;
        if (result.kind === 'settled' && !one.wasSettled)
          report(new Violation('false-answer', `settled: ${words}`));
        if (!settings.isSequenced && !one.isRecorded && !one.wasNoChange)
          report(new Violation('false-answer', `${result.kind}: ${words}`));
      })
      .catch((thrown: unknown) => {
        world.timeline.note(() => `${instance.name}  answers ${String(thrown)} to ${words}`);
        const isKnown =
          thrown instanceof AdapterError || (thrown instanceof Error && thrown.name !== 'TypeError');
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
    declareAny: () => {
      const one = newDeclared();
      declared.push(one);
      declare(one);
    },
  };
}
