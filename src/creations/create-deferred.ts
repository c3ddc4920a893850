import type { CreateExternalGroup } from '../graph/create-external-group.ts';
import type { WorkResult } from '../telemetry/telemetry.ts';
import { decideQueued, wasTried } from '../work/policy.ts';
import { admit } from './admit.ts';
import { attemptWithin } from './attempt.ts';
import { createEndings, type EndingsDependencies } from './endings.ts';
import type { ReadMessage } from './message.ts';
import { isFinal } from './operations/operation.ts';
import { startProgress } from './progress.ts';
import { type Arrival, type Work, withAttempts } from './work.ts';

/** Works off one message of the queue. Rejects only where storage lets it down: the host delivers again. */
export type CreateDeferred = (payload: unknown, arrival: Arrival) => Promise<void>;

export interface CreateDeferredDependencies extends EndingsDependencies {
  readonly readMessage: ReadMessage;
  readonly isAllowed: (connectionId: string) => boolean;
  readonly createExternalGroup: CreateExternalGroup;
  /** Milliseconds. */
  readonly graphDeadline: number;
  readonly giveUpAfter: number;
  readonly random: () => number;
}

/** Milliseconds that an attempt may take before its operation reads "running". */
const shownAfter = 250;

export function createCreateDeferred(dependencies: CreateDeferredDependencies): CreateDeferred {
  const { createExternalGroup, bury, telemetry, clock, random } = dependencies;
  const { begin, settle, postpone, fail, lookAgain } = createEndings(dependencies);

  async function workOff(work: Work): Promise<WorkResult> {
    const { connectionId, group } = work.message;
    const startedAt = clock.now();
    const age = Math.max(0, startedAt - Date.parse(work.delivery));
    telemetry.metric('externalGroups.queue.age', age, {});

    const progress = startProgress(() => begin(work), shownAfter, clock);
    const uncertain = work.message.uncertain === true;
    const { outcome } = await attemptWithin(
      dependencies.graphDeadline,
      (signal) =>
        createExternalGroup(connectionId, group, { signal, trace: work.trace, uncertain, urgent: false }),
      clock,
    );
    const duration = clock.now() - startedAt;
    telemetry.metric('externalGroups.create.duration', duration, { source: 'queue', outcome: outcome.kind });

    const decision = decideQueued(outcome, {
      attempts: work.attempts,
      age: age / 1000,
      giveUpAfter: dependencies.giveUpAfter / 1000,
      random: random(),
    });
    if (decision.do === 'done') {
      await progress.stop();
      await settle(work, outcome);
      return 'done';
    }
    const marked = await progress.show();
    // A crash between "new message" and "done with the old one" leaves a copy; its creation has ended meanwhile.
    if (marked !== null && marked.delivery === work.delivery && isFinal(marked.operation)) return 'done';
    if (decision.do === 'postpone') {
      const tried = wasTried(outcome) ? work : withAttempts(work, work.attempts - 1);
      await postpone(tried, outcome, decision.reason, decision.seconds);
      return 'postponed';
    }
    if (marked === null) {
      await lookAgain(work);
      return 'postponed';
    }
    await fail(work, outcome, decision.code);
    return 'dead-lettered';
  }

  return async (payload, arrival) => {
    const admitted = admit(payload, arrival, { ...dependencies, now: clock.now });
    const { trace: parent } = 'burial' in admitted ? admitted.burial : admitted.work;
    const span = telemetry.queueWork(parent, arrival.traceContext);
    let result: WorkResult = 'failed';
    try {
      if ('burial' in admitted) {
        await bury({ ...admitted.burial, trace: span.trace });
        result = 'dead-lettered';
      } else {
        // The message keeps the trace it came with, so that all attempts stand side by side below the delivery.
        result = await workOff({ ...admitted.work, trace: span.trace });
      }
    } finally {
      span.end(result);
    }
  };
}
