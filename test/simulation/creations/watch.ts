import { fromEntity } from '../../../src/creations/operations/entity.ts';
import { isFinal } from '../../../src/creations/operations/operation.ts';
import { operationsTable } from '../../../src/creations/operations/operations.ts';
import { operationIdOf } from '../../../src/groups/operation-id.ts';
import type { StoredEntity } from '../../../src/shared/table-action.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import type { Call } from '../world/calls.ts';
import type { Fate } from '../world/faults.ts';
import type { OnGraphRequest } from '../world/graph-service.ts';
import type { QueueMessage } from '../world/queue-service.ts';
import type { RunState } from './run-state.ts';
import { Violation } from './violation.ts';

/** The checks at each change during a run. */
export interface Watch {
  readonly tableChanged: (table: string, before: StoredEntity | null, after: StoredEntity | null) => void;
  readonly messageSent: (queue: string, message: QueueMessage) => void;
  readonly graphRequested: OnGraphRequest;
  readonly messageExpired: (queue: string, message: QueueMessage) => void;
  readonly callMet: (call: Call, fate: Fate) => void;
}

export function createWatch(state: () => RunState): Watch {
  const read = (entity: StoredEntity) => fromEntity({ ...entity, timestamp: '' });

  return {
    tableChanged: (table, before, after) => {
      const { world, deliveries, report, deletions, everHeld } = state();
      deletions.tableChanged(table, before, after);
      if (table !== operationsTable || after === null) return;
      const { operation, delivery } = read(after);
      const was = before === null ? null : read(before);
      const { id, status, connectionId, groupId } = operation;
      // A copy of a message may succeed after its delivery has failed.
      const isBetter = was?.operation.status === 'failed' && status === 'succeeded';
      if (
        was !== null &&
        was.delivery.id === delivery.id &&
        isFinal(was.operation) &&
        was.operation.status !== status &&
        !isBetter
      )
        report(new Violation('end-taken-back', `${id} was ${was.operation.status}, is ${status}`));
      if (status === 'succeeded') {
        const held = world.graph.look(connectionId, groupId);
        const isHeld = held !== null && operationIdOf(connectionId, held.group) === id;
        const wasHeld = deletions.isDeclared(connectionId, groupId) && everHeld.has(id);
        if (!isHeld && !wasHeld)
          report(
            new Violation('false-end', `${id} succeeded, but Graph has no such ${connectionId}/${groupId}`),
          );
      }
      if (status === 'failed' && (was?.operation.status !== 'failed' || was.delivery.id !== delivery.id)) {
        const letters = world.queues.all(queueNames.deadLetters);
        const redriven = deliveries.all.some((one) => one.operationId === id && one.wasRedriven);
        if (!redriven && !letters.some(({ text }) => deliveries.of(text)?.operationId === id))
          report(new Violation('false-end', `${id} failed, but no dead letter says so`));
      }
    },
    messageSent: (queue, message) => {
      if (queue === queueNames.changes) state().deletions.messageSent(message);
    },
    graphRequested: (connectionId, request, { status }) => {
      if (status >= 300 || !('group' in request)) return;
      state().everHeld.add(operationIdOf(connectionId, request.group));
    },
    messageExpired: (queue, { text }) => {
      const { world, deliveries } = state();
      world.timeline.note(() => `a message on ${queue} expires: ${deliveries.of(text)?.words ?? text}`);
    },
    callMet: ({ owner, spec }, fate) => {
      if (fate === 'served') return;
      const { journal, deliveries, totals } = state();
      totals.faults += 1;
      if (spec.service === 'graph') return;
      if (spec.label().startsWith('receives')) for (const one of deliveries.all) one.lostReceives += 1;
      const troubled = owner.name.startsWith('operator')
        ? deliveries.all
        : journal.runningOn(owner.name).map(({ delivery }) => delivery);
      for (const delivery of troubled) delivery.troubles += 1;
    },
  };
}
