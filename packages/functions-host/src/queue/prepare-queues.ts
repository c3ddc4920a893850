import type { RegisteredFunction } from '../core-api.ts';
import type { FunctionSummary } from '../function-summary.ts';
import type { HostSettings } from '../host-json.ts';
import type { Invoker } from '../invoke.ts';
import type { Log } from '../logger.ts';
import { poisonQueueOf } from './poison-queue.ts';
import { createMessageProcessor } from './process-message.ts';
import { describeQueueFunction, type QueueFunction } from './queue-function.ts';
import { createQueueListener, type QueueListener } from './queue-listener.ts';
import { resolveQueueService } from './queue-service.ts';

export interface QueuesOptions {
  functions: readonly RegisteredFunction[];
  settings: HostSettings;
  invoker: Invoker;
  log: Log;
  env: Record<string, string | undefined>;
  leaseMs: number;
}

export interface Queues {
  functions: FunctionSummary[];
  begin(): void;
  stop(): void;
  active(): number;
}

/** The real host caps the pause between polls where it is developed on, so that a laptop answers at once. */
const LOCAL_POLLING_MS = 2_000;

/** The poll repeats itself, so it does not retry inside; settling a message is worth a few tries. */
const POLLING = { retryOptions: { maxTries: 1, tryTimeoutInMs: 10_000 } };
const SETTLING = {
  retryOptions: { maxTries: 4, retryDelayInMs: 200, maxRetryDelayInMs: 2_000, tryTimeoutInMs: 10_000 },
};

/** Prepares a listener for every function with a queue trigger; `begin` starts them. */
export async function prepareQueues(options: QueuesOptions): Promise<Queues> {
  const triggers = options.functions
    .map((target) => describeQueueFunction(target, options.env))
    .filter((found): found is QueueFunction => found !== undefined);
  const listeners: QueueListener[] = [];
  for (const trigger of triggers) listeners.push(await createListener(trigger, options));
  return {
    functions: triggers.map(({ target, queueName }) => ({
      name: target.metadata.name,
      type: 'queue',
      queueName,
    })),
    begin() {
      for (const listener of listeners) listener.begin();
    },
    stop() {
      for (const listener of listeners) listener.stop();
    },
    active: () => listeners.reduce((sum, listener) => sum + listener.active(), 0),
  };
}

async function createListener(
  trigger: QueueFunction,
  { settings: { queues }, invoker, log, env, leaseMs }: QueuesOptions,
): Promise<QueueListener> {
  const open = await resolveQueueService(trigger.connection, env);
  const settings = {
    ...queues,
    maxPollingIntervalMs: Math.min(queues.maxPollingIntervalMs, LOCAL_POLLING_MS),
  };
  const service = open(SETTLING);
  const queue = service.getQueueClient(trigger.queueName);
  const poison = poisonQueueOf(service, trigger.queueName);
  const process = createMessageProcessor({ trigger, queue, poison, settings, invoker, log, leaseMs });
  return createQueueListener({
    queue: open(POLLING).getQueueClient(trigger.queueName),
    settings,
    leaseMs,
    process,
    log,
  });
}
