import { sources } from '../sources/registry.ts';
import type { Base } from './base.ts';
import { type CreationWorker, openCreationWorker } from './creations/creation-worker.ts';
import { createOperationRecords } from './creations/operation-records.ts';
import { fromEntity } from './creations/operations/entity.ts';
import { openDiagnostics } from './diagnostics/open-diagnostics.ts';
import { createTargetReader } from './groups/target.ts';
import { type LaterEndpoints, openEndpoints } from './http/described-routes.ts';
import { createLargeChangeLimit } from './http/groups/limit-large-changes.ts';
import { buildOpenApi } from './http/openapi.ts';
import { createReadChangeMessage } from './ledger/change-message.ts';
import { createChangeReader } from './ledger/change-reader.ts';
import { type ChangeWorker, createChangeWorker } from './ledger/change-worker.ts';
import type { Ledger } from './ledger/ledger.ts';
import { openLedger } from './ledger/open-ledger.ts';
import { summariseHead } from './ledger/summarise-head.ts';
import { openNames } from './names/open-names.ts';
import { createMaintainQueues } from './queue/maintain-queues.ts';
import type { QueueWorker } from './queue/receive-message.ts';
import { createReportDiscards } from './queue/report-discards.ts';
import type { TriggerMetadata } from './queue/work-item.ts';
import { variablesIn } from './settings/settings.ts';
import { lazily } from './shared/lazily.ts';
import { createMapEvent } from './sources/map-event.ts';
import { createFindSource, type FindSource } from './sources/served-sources.ts';
import { warnOfSourceSettings } from './sources/warn-of-settings.ts';
import { createDiscards } from './storage/discards.ts';
import { tryToMakeQueues } from './storage/make-queues.ts';
import { createReadDepths } from './storage/queue-depth.ts';
import { createQueueReader, queueNames } from './storage/queues.ts';
import { ledgerTable, operationsTable } from './storage/stores.ts';
import { createTimerRuns, notingRuns } from './storage/timer-runs.ts';

type Timer = (invocation: Pick<TriggerMetadata, 'traceContext' | 'log'>) => Promise<void>;

/** Everything that loads on first use: all use cases except creating a group while a caller waits. */
export interface Rooms {
  readonly http: LaterEndpoints;
  readonly createDeferred: QueueWorker;
  readonly changeDeclaredGroup: QueueWorker;
  readonly verifyStep: QueueWorker;
  readonly maintainQueues: Timer;
  readonly hourlyPass: Timer;
  readonly verifyBegin: Timer;
  readonly makeQueues: () => Promise<void>;
}

/** Builds the rooms, each once. */
export function openRooms(base: Base): Rooms {
  const { settings, runtime, telemetry, graph, credentialFor, send, canonicalId } = base;
  const { storage, idCharacters, memberNames, giveUpAfter } = settings;
  const { clock } = runtime;
  const ledger = openLedger(settings, {
    credentialFor,
    canonicalId,
    lookUpNames: openNames(settings, { graph, credentialFor, clock }),
    graph,
    signals: { telemetry, runtime },
  });
  const ports = { send, telemetry, runtime, giveUpAfter };
  const creations = openCreations(base, ledger);
  warnOfSourceSettings(variablesIn(base.environment), Object.keys(sources));
  const findSource = createFindSource(sources, settings.sources, canonicalId);
  const connectionOf = (source: string) => settings.sources.get(source)?.connectionId ?? null;
  const changes = createChangeWorker(
    {
      declare: ledger.declare,
      look: ledger.look,
      mapEvent: createMapEvent({ findSource, rules: { idCharacters, memberNames }, telemetry }),
      read: createReadChangeMessage({ idCharacters, memberNames, canonicalId, connectionOf }),
    },
    ports,
  );
  const runs = createTimerRuns(storage, credentialFor);
  const timer = (name: string, run: Timer): Timer => notingRuns(name, run, { runs, now: clock.now });
  const { maintainQueues, reportDiscards } = openMaintenance(base, { creations, changes, ledger });

  return {
    http: openHttp(base, ledger, findSource),
    createDeferred: creations.work,
    changeDeclaredGroup: changes.work,
    verifyStep: ledger.verify.step,
    maintainQueues: timer('maintain-queues', async (invocation) => {
      await maintainQueues(invocation);
      await reportDiscards(invocation);
    }),
    hourlyPass: timer('look-after-groups', ledger.hourlyPass),
    verifyBegin: timer('verify-groups', ledger.verify.begin),
    makeQueues: () => tryToMakeQueues(storage, credentialFor),
  };
}

function openCreations(base: Base, { groupIsGoneSince }: Ledger): CreationWorker {
  const { settings, runtime, telemetry, graph, send, operations, canonicalId, locate } = base;
  const { storage, idCharacters, graphDeadline, giveUpAfter } = settings;
  return openCreationWorker({
    createExternalGroup: graph.createExternalGroup,
    // Without a ledger no group was ever deleted here.
    groupIsGoneSince: storage === null ? () => Promise.resolve(false) : groupIsGoneSince,
    records: createOperationRecords(operations, locate, runtime.clock),
    rules: {
      idCharacters,
      isAllowed: (connectionId) => canonicalId(connectionId) === connectionId,
      graphDeadline,
    },
    ports: { send, telemetry, runtime, giveUpAfter },
  });
}

interface Work {
  readonly creations: CreationWorker;
  readonly changes: ChangeWorker;
  readonly ledger: Ledger;
}

function openMaintenance(base: Base, { creations, changes, ledger }: Work) {
  const { settings, runtime, telemetry, credentialFor } = base;
  const { storage } = settings;
  return {
    maintainQueues: createMaintainQueues({
      reader: createQueueReader(storage, credentialFor),
      poisonQueues: [
        { queue: queueNames.poison, handle: creations.handlePoison },
        { queue: queueNames.changesPoison, handle: changes.handlePoison },
        { queue: queueNames.verificationsPoison, handle: ledger.verify.resume },
      ],
      readDepths: createReadDepths(storage, credentialFor),
      telemetry,
      clock: runtime.clock,
    }),
    reportDiscards: createReportDiscards(createDiscards(storage, credentialFor), telemetry),
  };
}

function openHttp(base: Base, ledger: Ledger, findSource: FindSource): Rooms['http'] {
  const { settings, environment, hostVersion, runtime, graph, credentialFor, send, operations, callers } =
    base;
  const { idCharacters, memberNames, graphDeadline } = settings;
  const { clock } = runtime;
  const diagnose = lazily(async () =>
    openDiagnostics({
      settings,
      environment,
      sources: Object.keys(sources),
      hostVersion,
      graph: await graph.probe(),
      work: workInStorage,
      credentialFor,
      clock,
    }),
  );
  return openEndpoints({
    callers,
    ledger,
    reader: createChangeReader(idCharacters, memberNames),
    target: createTargetReader(idCharacters),
    limited: createLargeChangeLimit(),
    operations,
    findSource,
    send,
    diagnose: async () => (await diagnose())(),
    document: () => buildOpenApi(idCharacters),
    idCharacters,
    graphDeadline,
    clock,
  });
}

/** How diagnostics read what the rooms of the work keep in storage. */
const workInStorage = {
  tables: { ledger: ledgerTable, operations: operationsTable },
  readHead: summariseHead,
  readOperation: (entity: Readonly<Record<string, unknown>>) => fromEntity(entity).operation,
};
