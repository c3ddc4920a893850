import { queueNames } from '../../../src/storage/queues.ts';
import { decode, traceParentOf } from './deliveries.ts';
import type { RunState } from './run-state.ts';

/**
 * Somebody puts copies on the work queue: of messages that lie there, and of the envelopes of dead letters, as an operator
 * does by hand. A copy has all that its original had but its trace, and is a delivery of its own: nothing in it settles it.
 */
export function addCopier(budget: number, state: RunState): void {
  const { world, deliveries } = state;
  const { prng, queues } = world;
  let left = budget;

  const originals = () => [...queues.all(queueNames.work), ...queues.all(queueNames.deadLetters)];

  function copy(): void {
    const { text } = prng.pick(originals());
    const origin = deliveries.of(text);
    const envelope = envelopeOf(decode(text));
    if (origin === undefined || envelope === null) return;
    left -= 1;
    const { connectionId, group, kind, words, since, firstQueued } = origin;
    const own = deliveries.add(
      { door: 'queue', connectionId, group, kind, words: `a copy of the ${words}` },
      { since, queuedFrom: firstQueued?.from ?? null },
    );
    const copied = JSON.stringify({ ...envelope, traceparent: traceParentOf(own) });
    world.timeline.note(() => `somebody copies ${own.words}: ${copied}`);
    const sent = queues.send(queueNames.work, Buffer.from(copied, 'utf8').toString('base64'), {
      delay: 0,
      ttl: Number.POSITIVE_INFINITY,
    });
    deliveries.queued(own, sent.insertedAt);
    own.isAccepted = true;
  }

  world.addActor({
    name: 'copier',
    weight: () => (left > 0 && !state.isCalm() && originals().length > 0 ? 0.5 : 0),
    act: copy,
  });
}

/** Without what only a dead letter has; null: it is not the JSON of work. */
function envelopeOf(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || 'raw' in value) return null;
    const { error, deadLetteredDateTime, redrive, queue, cut, ...envelope }: Record<string, unknown> = {
      ...value,
    };
    return envelope;
  } catch {
    return null;
  }
}
