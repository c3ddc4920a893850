import type { RegisteredFunction } from '../core-api.ts';

export interface QueueFunction {
  target: RegisteredFunction;
  /** Name of the trigger's binding. */
  binding: string;
  queueName: string;
  connection: string;
}

/** What a registered function says about its queue trigger, or undefined where it has none. */
export function describeQueueFunction(
  target: RegisteredFunction,
  env: Record<string, string | undefined>,
): QueueFunction | undefined {
  const found = Object.entries(target.metadata.bindings).find(
    ([, { type }]) => type?.toLowerCase() === 'queuetrigger',
  );
  if (found === undefined) return undefined;
  const [binding, { queueName, connection }] = found;
  return {
    target,
    binding,
    queueName: resolveSettings(String(queueName ?? ''), target.metadata.name, env),
    connection: typeof connection === 'string' ? connection : '',
  };
}

/** Queue names may hold `%SETTING%`, which the host replaces by the app setting. */
function resolveSettings(text: string, name: string, env: Record<string, string | undefined>): string {
  return text.replace(/%([^%]+)%/g, (_match, setting: string) => {
    const value = env[setting];
    if (!value) throw new Error(`Function "${name}": its queueName needs the setting ${setting}.`);
    return value;
  });
}
