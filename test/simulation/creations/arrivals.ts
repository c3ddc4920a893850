import type { ExternalGroup } from '../../../src/groups/external-group.ts';
import { sameContent } from '../../../src/groups/external-group.ts';
import { operationIdOf } from '../../../src/groups/operation-id.ts';
import { AdapterError } from '../../../src/problems/adapter-error.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import { rejectedDescription } from '../world/graph-service.ts';
import { type Delivery, traceParentOf } from './deliveries.ts';
import type { Fleet } from './fleet.ts';
import { connections, type RunState } from './run-state.ts';
import { Violation } from './violation.ts';

const week = 7 * 86_400_000;

/** Callers and producers: `budget` deliveries in all, during the faulty phase. */
export function addArrivals(budget: number, fleet: Fleet, state: RunState): void {
  const { world, deliveries } = state;
  const { prng } = world;
  let left = budget;

  /** Few names, so that deliveries collide: the same group, the same id with other content, the same operation. */
  function drawGroup(): ExternalGroup {
    const displayName = prng.chance(0.3) ? 'B' : 'A';
    const description = prng.chance(0.05) ? { description: rejectedDescription } : {};
    return { id: `group${prng.int(3)}`, displayName, ...description };
  }

  function drawConnection(): string {
    if (prng.chance(0.9)) return prng.pick(connections.good);
    return prng.pick([connections.unknown, connections.denied]);
  }

  function call(): void {
    const { instance, app } = prng.pick(fleet.running());
    const connectionId = drawConnection();
    const group = drawGroup();
    const preference = prng.pick([
      { respondAsync: false, wait: null },
      { respondAsync: true, wait: null },
      { respondAsync: true, wait: 1_000 },
      { respondAsync: false, wait: 2_000 },
    ]);
    const words = `HTTP request for ${connectionId}/${group.id} ${group.displayName} ${JSON.stringify(preference)}`;
    const delivery = deliveries.add({ door: 'http', connectionId, group, kind: 'work', words });
    world.timeline.note(() => `${instance.name}  ${words}`);
    const invocation = state.journal.begin(instance.name, delivery, null);
    const trace = { traceparent: traceParentOf(delivery) };
    app
      .createNow({ connectionId, group, preference, trace, log: () => undefined })
      .finally(() => state.journal.end(invocation))
      .then((result) => {
        if (result.kind === 'accepted') delivery.isAccepted = true;
        else checkAnswer(delivery, result.outcome.kind);
        const said = result.kind === 'accepted' ? 'accepted' : result.outcome.kind;
        world.timeline.note(() => `${instance.name}  answers ${said} to ${words}`);
        checkTime(delivery);
      })
      .catch((thrown: unknown) => {
        world.timeline.note(() => `${instance.name}  answers ${String(thrown)} to ${words}`);
        const isHonest = thrown instanceof AdapterError && thrown.code === 'deferral-unavailable';
        if (!isHonest) state.report(new Violation('unexpected-error', `${words}: ${String(thrown)}`));
        checkTime(delivery);
      });
  }

  function checkAnswer({ connectionId, group, words }: Delivery, kind: string): void {
    if (state.deletions.isDeclared(connectionId, group.id)) return;
    const held = world.graph.look(connectionId, group.id);
    const isThere = held !== null && sameContent(held.group, group);
    if ((kind === 'created' || kind === 'unchanged') && !isThere)
      state.report(new Violation('false-answer', `${kind} was the answer to the ${words}`));
    if (kind === 'conflict' && (held === null || isThere))
      state.report(new Violation('false-answer', `conflict was the answer to the ${words}`));
  }

  /** Only if the scheduler holds nothing up. */
  function checkTime({ arrivedAt, words }: Delivery): void {
    const took = world.time.now() - arrivedAt;
    if (state.settings.isPunctual && took > state.settings.graphDeadline + 2_000)
      state.report(new Violation('too-slow', `${took} ms: ${words}`));
  }

  function produce(): void {
    const { text, ...given } = drawMessage(deliveries.all.length);
    const delivery = deliveries.add({ door: 'queue', ...given });
    const traced = text(delivery);
    const encoded = prng.chance(state.settings.plainText)
      ? traced
      : Buffer.from(traced, 'utf8').toString('base64');
    world.timeline.note(() => `producer  ${given.words}: ${traced}`);
    const { insertedAt } = world.queues.send(queueNames.work, encoded, {
      delay: 0,
      ttl: prng.chance(0.5) ? week : Number.POSITIVE_INFINITY,
    });
    deliveries.queued(delivery, insertedAt);
    delivery.isAccepted = true;
  }

  function drawMessage(number: number) {
    const connectionId = drawConnection();
    const group = drawGroup();
    const of = (kind: Delivery['kind'], words: string, members: object = {}) => {
      const content = { connectionId, group, ...members };
      return {
        kind,
        words: `message for ${content.connectionId}/${content.group.id} ${group.displayName}, ${words}`,
        connectionId: content.connectionId,
        group: content.group,
        text: (delivery: Delivery) => JSON.stringify({ ...content, traceparent: traceParentOf(delivery) }),
      };
    };
    const victim = deliveries.all.length === 0 ? null : prng.pick(deliveries.all);
    const seconds = prng.pick([-60, 1, 5, 3_600]);
    const firstQueuedDateTime = new Date(world.time.now() + seconds * 1000).toISOString();
    const kinds = [
      () => of('work', 'traced'),
      () => of('work', 'traced'),
      () => of('work', 'traced'),
      () => {
        const content = { connectionId, group: { ...group, id: `unique${number}` } };
        return { ...of('work', 'minimal', content), text: () => JSON.stringify(content) };
      },
      () => of('work', `queued ${seconds} s from now, as it says`, { firstQueuedDateTime }),
      () => of('work', 'with the id of another delivery', { deliveryId: 'theirs' }),
      () => of('work', 'with a million attempts', { attempts: 1_000_000, announced: true, uncertain: true }),
      () => of('fault', 'with an unknown member', { colour: 'red' }),
      () => of('fault', 'with an insertion time', { insertionTime: '9999-12-31T00:00:00Z' }),
      () => of('fault', 'with an id', { id: victim?.traceId ?? 'none' }),
      () => of('fault', 'not allowed', { connectionId: connections.forbidden }),
      () => {
        const operationId = victim?.operationId ?? '';
        const isOwn = operationId === operationIdOf(connectionId, group);
        return of(isOwn ? 'work' : 'fault', `with the operation ${operationId}`, { operationId });
      },
      () => ({
        ...of('fault', 'not JSON'),
        text: (delivery: Delivery) => `{half a message ${traceParentOf(delivery)}`,
      }),
    ];
    return prng.pick(kinds)();
  }

  world.addActor({
    name: 'arrival',
    weight: () => (left > 0 && !state.isCalm() ? 2 : 0),
    act: () => {
      left -= 1;
      if (prng.chance(0.5)) call();
      else produce();
    },
  });
}
