import { type AppSettings, isFunctionDisabled, resolveSettings } from '../app-settings.ts';
import type { RegisteredFunction } from '../core-api.ts';

export interface QueueFunction {
  target: RegisteredFunction;
  /** Name of the trigger's binding. */
  binding: string;
  queueName: string;
  connection: string;
  /** `binary` hands out bytes; anything else text. */
  dataType: 'binary' | 'string';
  disabled: boolean;
}

/** The queue trigger of a registered function, or undefined if it has none. */
export function describeQueueFunction(
  target: RegisteredFunction,
  settings: AppSettings,
): QueueFunction | undefined {
  const found = Object.entries(target.metadata.bindings).find(
    ([, { type }]) => type?.toLowerCase() === 'queuetrigger',
  );
  if (found === undefined) return undefined;
  const [binding, { queueName, connection, dataType }] = found;
  const { name } = target.metadata;
  return {
    target,
    binding,
    queueName: resolveSettings(String(queueName ?? ''), `Function "${name}": its queueName`, settings),
    connection: typeof connection === 'string' ? connection : '',
    dataType: String(dataType).toLowerCase() === 'binary' ? 'binary' : 'string',
    disabled: isFunctionDisabled(name, settings),
  };
}
