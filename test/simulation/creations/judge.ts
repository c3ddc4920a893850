import { fromEntity } from '../../../src/creations/operations/entity.ts';
import { isFinal } from '../../../src/creations/operations/operation.ts';
import { operationsTable } from '../../../src/creations/operations/operations.ts';
import { sameContent } from '../../../src/groups/external-group.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import { switches } from '../switches.ts';
import { rejectedDescription } from '../world/graph-service.ts';
import { type Delivery, decode } from './deliveries.ts';
import { connections, type RunState } from './run-state.ts';
import { type Rule, Violation } from './violation.ts';

/** What must hold when everything has come to rest; throws the first violation. */
export function judge({ world, deliveries, settings, deletions, everHeld }: RunState): void {
  const { isDeclared } = deletions;
  const letters = new Map<Delivery, string[]>();
  for (const { text } of world.queues.all(queueNames.deadLetters)) {
    const delivery = deliveries.of(text);
    if (delivery !== undefined) letters.set(delivery, [...(letters.get(delivery) ?? []), decode(text)]);
  }
  for (const delivery of deliveries.all) {
    const own = letters.get(delivery) ?? [];
    judgeEnd(delivery, own);
    for (const letter of own) judgeLetter(delivery, letter);
    judgeWork(delivery);
    judgeOperation(delivery);
  }

  function violate(rule: Rule, { words }: Delivery, detail: string): never {
    throw new Violation(rule, `${detail}: ${words}`);
  }

  function isInGraph({ connectionId, group, operationId }: Delivery): boolean {
    // What is declared may have been deleted since.
    if (isDeclared(connectionId, group.id)) return everHeld.has(operationId);
    const held = world.graph.look(connectionId, group.id);
    return held !== null && sameContent(held.group, group);
  }

  function judgeEnd(delivery: Delivery, own: readonly string[]): void {
    if (!delivery.isAccepted) return;
    const hasEnded = own.length > 0 || (delivery.kind === 'work' && isInGraph(delivery));
    if (!hasEnded) violate('lost', delivery, 'neither a group nor a dead letter');
    const unmarked = own.filter((letter) => !letter.includes('"redrive":'));
    if (unmarked.length > 1 + delivery.troubles)
      violate('not-one-end', delivery, `${unmarked.length} dead letters`);
  }

  function judgeLetter(delivery: Delivery, letter: string): void {
    const { error } = JSON.parse(letter) as { error: { code: string } };
    if (!isExplained(error.code, delivery)) violate('wrong-letter', delivery, error.code);
  }

  /** An upper limit: storage has message times in whole seconds, clocks differ, and producers may say anything. */
  function ageOf({ since }: Delivery): number {
    return world.time.now() - since + 2 * Math.max(...settings.clockErrors.map(Math.abs)) + 62_000;
  }

  function isExplained(code: string, delivery: Delivery): boolean {
    const { connectionId, group, kind, troubles, lostReceives } = delivery;
    switch (code) {
      case 'malformed-json':
      case 'validation-failed':
      case 'connection-not-allowed':
        return kind === 'fault';
      case 'group-conflict':
        if (isDeclared(connectionId, group.id)) return kind === 'work';
        return kind === 'work' && world.graph.look(connectionId, group.id) !== null && !isInGraph(delivery);
      case 'superseded':
        return isSuperseded(delivery);
      case 'connection-not-found':
        return connectionId === connections.unknown;
      case 'graph-rejected':
        return group.description === rejectedDescription || world.refusals.wasRefused(connectionId, group.id);
      case 'graph-access-denied':
      case 'gave-up':
        return kind === 'work' && ageOf(delivery) >= settings.giveUpAfter;
      case 'crashed':
        return troubles + lostReceives > 0;
      default:
        return false;
    }
  }

  /**
   * A deletion was queued in the same second as its first message, or later. The letter of a message that was moved to the
   * poison queue has lost that time: redriven, any deletion may have come after it.
   */
  function isSuperseded(delivery: Delivery): boolean {
    const { connectionId, group, firstQueued, wasRedriven, troubles, lostReceives } = delivery;
    const ever = deletions.ever(connectionId, group.id);
    if (wasRedriven && troubles + lostReceives > 0) return ever.length > 0;
    return firstQueued !== null && ever.some(({ to }) => to >= firstQueued.from);
  }

  function judgeWork(delivery: Delivery): void {
    const { sends, attempts, troubles } = delivery;
    if (sends > attempts + 3 * (troubles + 1) + 3)
      violate('loop-without-attempt', delivery, `${sends} messages, ${attempts} calls of Graph`);
  }

  /** The table fails in the seconds between a dead letter and its record: the letter says what was wrong. */
  function mayLackRecord({ operationId }: Delivery): boolean {
    return deliveries.all.some(
      (one) => one.operationId === operationId && one.troubles > 0 && letters.has(one),
    );
  }

  function isShared({ operationId }: Delivery): boolean {
    return deliveries.all.filter((one) => one.operationId === operationId).length > 1;
  }

  /** The end of a readable delivery is recorded once a table can be written again. */
  function judgeOperation(delivery: Delivery): void {
    if (settings.tableIsForbidden || !delivery.isAccepted || delivery.kind === 'fault') return;
    if (mayLackRecord(delivery)) return;
    if (!switches.sharedOperationsEnd && isShared(delivery)) return;
    // Past that age an end that cannot be recorded is left unrecorded.
    if (ageOf(delivery) >= settings.giveUpAfter) return;
    const { operationId } = delivery;
    const entity = world.tables.read(operationsTable, operationId.slice(0, 2), operationId);
    if (entity === null) throw new Violation('operation-stuck', `it has no operation: ${delivery.words}`);
    const { operation } = fromEntity({ ...entity, timestamp: '' });
    if (!isFinal(operation)) violate('operation-stuck', delivery, operation.status);
  }
}
