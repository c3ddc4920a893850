import type { AppSettings } from '../app-settings.ts';
import type { RegisteredFunction } from '../core-api.ts';
import type { HostSettings } from '../host-json.ts';
import type { Invoker } from '../invoke.ts';
import type { Log } from '../logger.ts';
import type { ManualRun, TriggerHost } from '../trigger-host.ts';
import { createInvokeMessage, type InvokeMessage } from './invoke-message.ts';
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
  env: AppSettings;
  leaseMs: number;
}

/** The real host caps the delay between polls on development machines, so that a laptop reacts at once. */
const LOCAL_POLLING_MS = 2_000;

/** The poll repeats itself, so the client does not retry; settling a message is worth a few tries. */
const POLLING = { retryOptions: { maxTries: 1, tryTimeoutInMs: 10_000 } };
const SETTLING = {
  retryOptions: { maxTries: 4, retryDelayInMs: 200, maxRetryDelayInMs: 2_000, tryTimeoutInMs: 10_000 },
};

/** Prepares a listener for every enabled function with a queue trigger; `begin` starts them. */
export async function prepareQueues(options: QueuesOptions): Promise<TriggerHost> {
  const triggers = options.functions
    .map((target) => describeQueueFunction(target, options.env))
    .filter((found): found is QueueFunction => found !== undefined);
  const listeners: QueueListener[] = [];
  const manualRuns = new Map<string, ManualRun>();
  for (const trigger of triggers) {
    const invokeMessage = createInvokeMessage(trigger, options.invoker);
    if (!trigger.disabled) listeners.push(await createListener(trigger, invokeMessage, options));
    manualRuns.set(trigger.target.metadata.name.toLowerCase(), createManualRun(invokeMessage));
  }
  return {
    functions: triggers.map(({ target, queueName, disabled }) => ({
      name: target.metadata.name,
      type: 'queue',
      queueName,
      ...(disabled ? { disabled } : {}),
    })),
    manualRuns,
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
  invokeMessage: InvokeMessage,
  { settings: { queues }, log, env, leaseMs }: QueuesOptions,
): Promise<QueueListener> {
  const open = await resolveQueueService(trigger.connection, env);
  const settings = {
    ...queues,
    maxPollingIntervalMs: Math.min(queues.maxPollingIntervalMs, LOCAL_POLLING_MS),
  };
  const service = open(SETTLING);
  const { queueName } = trigger;
  const process = createMessageProcessor({
    functionName: trigger.target.metadata.name,
    queue: service.getQueueClient(queueName),
    poison: poisonQueueOf(service, queueName),
    settings,
    invokeMessage,
    log,
    leaseMs,
  });
  return createQueueListener({
    queue: open(POLLING).getQueueClient(queueName),
    settings,
    leaseMs,
    process,
    log,
  });
}

/** A message that is on no queue, with the properties that StringToStorageQueueMessageConverter gives it. */
function createManualRun(invokeMessage: InvokeMessage): ManualRun {
  return (input) => {
    const never = new Date('9999-12-31T23:59:59.999Z');
    const message = { dequeueCount: 0, insertedOn: new Date(), expiresOn: never, nextVisibleOn: never };
    return invokeMessage(message, Buffer.from(input));
  };
}
