import type { MessageKind } from '../queue/message-kind.ts';
import { crashed, createHandlePoisonMessage, type HandlePoisonMessage } from '../queue/poison-messages.ts';
import { circumstancesOf, decide } from '../queue/policy.ts';
import type { WorkPorts } from '../queue/ports.ts';
import { createQueueWorker, type QueueWorker } from '../queue/receive-message.ts';
import type { WorkItem } from '../queue/work-item.ts';
import { queueNames } from '../storage/queues.ts';
import type { WorkResult } from '../telemetry/telemetry.ts';
import { type AttemptCreation, type AttemptDependencies, createAttemptCreation } from './attempt-creation.ts';
import { creationCuts } from './cut-group.ts';
import {
  type Creation,
  type CreationRules,
  createReadCreation,
  type ReadCreation,
  toSubject,
} from './message.ts';
import type { OperationRecords } from './operation-records.ts';
import { creationPolicy, retryAfterOf, wasTried } from './policy.ts';
import { startProgress } from './progress.ts';
import { createSettlement } from './settlement.ts';

interface CreationWorkerDependencies {
  readonly read: ReadCreation;
  readonly attempt: AttemptCreation;
  readonly records: OperationRecords;
  readonly ports: WorkPorts;
}

/** What handles the messages of a queue and of its poison queue. */
export interface CreationWorker {
  readonly work: QueueWorker;
  readonly handlePoison: HandlePoisonMessage;
}

/** Milliseconds that an attempt may take before its record says "running". */
const shownAfter = 250;

/** Queued creations: each is attempted, and settled as the policy says. */
export function createCreationWorker(dependencies: CreationWorkerDependencies): CreationWorker {
  const { read, attempt, records, ports } = dependencies;
  const { runtime, giveUpAfter } = ports;
  const kind: MessageKind<Creation> = {
    name: 'create-deferred-group',
    queue: queueNames.work,
    read,
    toMessage: ({ connectionId, group }) => ({
      connectionId,
      group,
      operationId: toSubject(connectionId, group).operationId,
    }),
    cuts: creationCuts,
  };
  const settlement = createSettlement(kind, records, ports);

  async function work(item: WorkItem<Creation>): Promise<WorkResult> {
    const progress = startProgress(() => settlement.begin(item), shownAfter, runtime.clock);
    const outcome = await attempt(item);
    const { queue: rule } = creationPolicy[outcome.kind];
    const attempted = { wasTried: wasTried(outcome), retryAfter: retryAfterOf(outcome) };
    const decision = decide(rule, attempted, circumstancesOf(item, giveUpAfter, runtime.random()));
    if (decision.do === 'complete') {
      await settlement.complete(item, outcome, await progress.stop());
      return 'done';
    }
    if (decision.do === 'reschedule') {
      await settlement.reschedule(item, outcome, decision, await progress.stop());
      return 'postponed';
    }
    const begun = await progress.show();
    if (begun === null && !item.isOverdue) {
      await settlement.requeueToVerify(item);
      return 'postponed';
    }
    await settlement.deadLetter(item, outcome, decision, begun);
    return 'dead-lettered';
  }

  const { refuse } = settlement;
  const handleCrashed = (item: WorkItem<Creation>) => refuse(item, crashed);
  const { recordUnreadable } = records;
  return {
    work: createQueueWorker(kind, { work, refuse, recordUnreadable }, ports),
    handlePoison: createHandlePoisonMessage(kind, { refuse, handleCrashed, recordUnreadable }, ports),
  };
}

export interface OpenOptions
  extends Pick<AttemptDependencies, 'createExternalGroup' | 'groupIsGoneSince'>,
    Pick<CreationWorkerDependencies, 'records' | 'ports'> {
  readonly rules: CreationRules & Pick<AttemptDependencies, 'graphDeadline'>;
}

/** The worker with its parts, as the app runs it. */
export function openCreationWorker(options: OpenOptions): CreationWorker {
  const { createExternalGroup, groupIsGoneSince, records, rules, ports } = options;
  const { telemetry, runtime } = ports;
  const { graphDeadline } = rules;
  const dependencies = { createExternalGroup, groupIsGoneSince, telemetry, runtime, graphDeadline };
  const attempt = createAttemptCreation(dependencies);
  return createCreationWorker({ read: createReadCreation(rules), attempt, records, ports });
}
