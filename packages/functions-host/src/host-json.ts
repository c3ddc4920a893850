import { isRecord } from './json-file.ts';
import type { MessageEncoding } from './queue/message-body.ts';
import { parseTimespan } from './timespan.ts';

export interface HostSettings {
  routePrefix: string;
  /** -1 means no limit, as in host.json. */
  maxOutstandingRequests: number;
  maxConcurrentRequests: number;
  /** Milliseconds; undefined means no limit (`-1` in host.json). */
  functionTimeout: number | undefined;
  queues: QueueSettings;
  logLevels: Record<string, string>;
}

export interface QueueSettings {
  batchSize: number;
  newBatchThreshold: number;
  maxDequeueCount: number;
  visibilityTimeoutMs: number;
  maxPollingIntervalMs: number;
  messageEncoding: MessageEncoding;
}

const OVERRIDE = /^AzureFunctionsJobHost(?:__|:)(.+)$/i;
const MINUTES = 60_000;

/**
 * The settings of a host.json, with `AzureFunctionsJobHost__path__to__key` overrides from the environment applied.
 * Keys are case-insensitive, as in .NET configuration. One error names every invalid value.
 */
export function readHostSettings(
  hostJson: Record<string, unknown>,
  env: Record<string, string | undefined>,
  cores: number,
): HostSettings {
  const values = flatten(hostJson);
  for (const [name, value] of Object.entries(env)) {
    const path = OVERRIDE.exec(name)?.[1];
    if (path !== undefined && value !== undefined)
      values.set(path.replaceAll('__', ':').toLowerCase(), value);
  }
  const faults: string[] = [];
  const fault = (key: string, value: unknown, rule: string): void => {
    faults.push(`${key} is ${JSON.stringify(value)} but must be ${rule}`);
  };
  const integer = (key: string, fallback: number, min: number, max: number): number => {
    const value = values.get(key.toLowerCase());
    if (value === undefined) return fallback;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max)
      return number;
    fault(key, value, `a whole number from ${min} to ${max}`);
    return fallback;
  };
  const timespan = (key: string, fallback: number): number => {
    const value = values.get(key.toLowerCase());
    if (value === undefined) return fallback;
    const parsed = typeof value === 'string' ? parseTimespan(value) : undefined;
    if (parsed !== undefined) return parsed;
    fault(key, value, 'a time span such as "00:00:30"');
    return fallback;
  };
  const prefix = values.get('extensions:http:routeprefix') ?? 'api';
  if (typeof prefix !== 'string') fault('extensions:http:routePrefix', prefix, 'a string');
  const encoding = values.get('extensions:queues:messageencoding') ?? 'base64';
  const knownEncoding = typeof encoding === 'string' ? encoding.toLowerCase() : '';
  if (knownEncoding !== 'base64' && knownEncoding !== 'none') {
    fault('extensions:queues:messageEncoding', encoding, '"base64" or "none"');
  }
  const batchSize = integer('extensions:queues:batchSize', 16, 1, 32);
  const timeout = values.get('functiontimeout');
  const settings: HostSettings = {
    routePrefix: String(prefix).replace(/^\/+|\/+$/g, ''),
    maxOutstandingRequests: integer('extensions:http:maxOutstandingRequests', -1, -1, 1_000_000),
    maxConcurrentRequests: integer('extensions:http:maxConcurrentRequests', -1, -1, 1_000_000),
    // Flex Consumption's default.
    functionTimeout:
      timeout === '-1' || timeout === -1 ? undefined : timespan('functionTimeout', 30 * MINUTES),
    queues: {
      batchSize,
      newBatchThreshold: integer(
        'extensions:queues:newBatchThreshold',
        Math.floor(batchSize / 2) * cores,
        0,
        1_000_000,
      ),
      maxDequeueCount: integer('extensions:queues:maxDequeueCount', 5, 1, 1_000_000),
      visibilityTimeoutMs: timespan('extensions:queues:visibilityTimeout', 0),
      maxPollingIntervalMs: Math.max(100, timespan('extensions:queues:maxPollingInterval', MINUTES)),
      messageEncoding: knownEncoding === 'none' ? 'none' : 'base64',
    },
    logLevels: logLevels(values),
  };
  if (faults.length > 0) throw new Error(`host.json: ${faults.join('; ')}.`);
  return settings;
}

function logLevels(values: Map<string, unknown>): Record<string, string> {
  const prefix = 'logging:loglevel:';
  const levels: Record<string, string> = {};
  for (const [key, value] of values) {
    if (key.startsWith(prefix) && typeof value === 'string') levels[key.slice(prefix.length)] = value;
  }
  return levels;
}

function flatten(
  node: Record<string, unknown>,
  prefix = '',
  into = new Map<string, unknown>(),
): Map<string, unknown> {
  for (const [key, value] of Object.entries(node)) {
    const path = `${prefix}${key}`.toLowerCase();
    if (isRecord(value)) flatten(value, `${path}:`, into);
    else into.set(path, value);
  }
  return into;
}
