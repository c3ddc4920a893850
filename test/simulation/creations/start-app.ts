import { createAttemptCreation } from '../../../src/creations/attempt-creation.ts';
import { type CreateNow, createCreateNow } from '../../../src/creations/create-now.ts';
import { createCreationWorker } from '../../../src/creations/creation-worker.ts';
import { createDefer } from '../../../src/creations/defer.ts';
import { createReadCreation } from '../../../src/creations/message.ts';
import { createOperationRecords } from '../../../src/creations/operation-records.ts';
import { createOperationsOn } from '../../../src/creations/operations/operations.ts';
import { createGroupCreation } from '../../../src/graph/create-external-group.ts';
import { createMaintainQueues, type MaintainQueues } from '../../../src/queue/maintain-queues.ts';
import type { QueueWorker } from '../../../src/queue/receive-message.ts';
import { queueNames } from '../../../src/storage/queues.ts';
import { operationsTable } from '../../../src/storage/stores.ts';
import { silentTelemetry } from '../../../src/telemetry/telemetry.ts';
import type { SimulatedDeclarations } from '../declarations/start-declarations.ts';
import type { Instance } from '../world/instance.ts';
import { createSimulatedTable } from '../world/simulated-table.ts';
import { followSends } from './follow-sends.ts';
import { createSimulatedGraphCalls } from './graph-calls.ts';
import type { Invocation } from './journal.ts';
import { connections, type RunState } from './run-state.ts';
import { createSimulatedReader, createSimulatedSend, forbidTable } from './storage-ports.ts';

/** The use cases of one instance, wired as `src/app.ts` wires them, over the simulated world. */
export interface SimulatedApp {
  readonly createNow: CreateNow;
  readonly createDeferred: QueueWorker;
  readonly maintainQueues: MaintainQueues;
}

const rules = {
  idCharacters: 'alphanumeric',
  isAllowed: (connectionId: string) => connectionId !== connections.forbidden,
} as const;

/** Compiled once: the schema is the same in every run. */
const read = createReadCreation(rules);

/** Spans keep the trace id, by which a call is known to belong to its delivery, and draw nothing by chance. */
const telemetry: typeof silentTelemetry = {
  ...silentTelemetry,
  queueWork: (trace) => ({ trace, end: () => undefined }),
};

export function startApp(
  instance: Instance,
  { groupIsGoneSince }: Pick<SimulatedDeclarations, 'groupIsGoneSince'>,
  state: RunState,
): SimulatedApp {
  const { world, deliveries, journal, settings, report, broken } = state;
  const { clock, random, newId } = instance;
  const { graphDeadline, tableIsForbidden, heldBack } = settings;
  const giveUpAfter = broken.giveUpAfter ?? settings.giveUpAfter;
  const runtime = { clock, random, newId };
  const send = patched(createSimulatedSend(instance, followSends(instance, state)), broken.send);
  const table = patched(
    tableIsForbidden ? forbidTable() : createSimulatedTable(instance, operationsTable),
    broken.table,
  );
  const operations = createOperationsOn(table, clock);
  const isHeldBack = () => world.prng.chance(heldBack);
  const watchedCalls = createSimulatedGraphCalls({
    instance,
    journal,
    deliveries,
    isHeldBack,
    report,
    now: world.time.now,
    mayCreate,
  });
  /** Whoever began after a deletion was recorded that was queued no earlier must not create the group. */
  function mayCreate({ delivery, messageId, startedAt }: Invocation): boolean {
    const { connectionId, group, firstQueued, since } = delivery;
    if (messageId === null || firstQueued === null) return true;
    // By then it is tried once more even if the ledger cannot be read.
    if (isOverdue(world.time.now() - since, settings)) return true;
    // At the same moment the deletion may have been recorded after the work has read the ledger.
    return !state.deletions
      .standing(connectionId, group.id)
      .some(({ at, from }) => at < startedAt && from >= firstQueued.to);
  }
  const calls = patched(watchedCalls, broken.calls);
  const createExternalGroup = patched(
    createGroupCreation(() => Promise.resolve(calls)),
    broken.createExternalGroup,
  );
  const locate = (connectionId: string, groupId: string) => `https://graph/${connectionId}/${groupId}`;
  const limits = { graphDeadline, giveUpAfter };
  const defer = createDefer(send, operations, runtime);
  const attempt = createAttemptCreation({
    createExternalGroup,
    groupIsGoneSince: async (connectionId, groupId, ...when) => {
      const running = journal.runningOn(instance.name).map(({ delivery }) => delivery);
      const asking = running.filter((one) => one.connectionId === connectionId && one.group.id === groupId);
      // What the ledger forbids, or cannot be asked about, never comes to Graph.
      for (const delivery of asking) delivery.attempts += 1;
      const isGone = await groupIsGoneSince(connectionId, groupId, ...when);
      if (!isGone) for (const delivery of asking) delivery.attempts -= 1;
      return isGone;
    },
    telemetry,
    runtime,
    graphDeadline,
  });
  const records = createOperationRecords(operations, locate, clock);
  const ports = { send, telemetry, runtime, giveUpAfter };
  const creations = createCreationWorker({ read, attempt, records, ports });
  return {
    createNow: createCreateNow({ createExternalGroup, defer, telemetry, limits, runtime }),
    createDeferred: creations.work,
    maintainQueues: createMaintainQueues({
      reader: createSimulatedReader(instance, state),
      poisonQueues: [{ queue: queueNames.poison, handle: creations.handlePoison }],
      readDepths: () => Promise.resolve([]),
      telemetry,
      clock,
    }),
  };
}

/** Work of this age may be at its last attempt: an upper limit, for clocks differ. */
function isOverdue(age: number, { giveUpAfter, clockErrors }: RunState['settings']): boolean {
  return age + 2 * Math.max(...clockErrors.map(Math.abs)) + 62_000 >= giveUpAfter;
}

function patched<T>(whole: T, patch: ((whole: T) => T) | undefined): T {
  return patch === undefined ? whole : patch(whole);
}
