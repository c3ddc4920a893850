import type { Context } from '../context.ts';
import { usageFailure } from '../failure.ts';
import { findAdapter, type HttpOptions } from '../where/http-target.ts';
import { findStorage, type StorageOptions } from '../where/storage-target.ts';
import type { Deliver } from './deliver.ts';
import { createHttpDelivery } from './to-http.ts';
import { createQueueDelivery } from './to-queue.ts';

export interface DestinationOptions extends StorageOptions, HttpOptions {
  readonly to: 'queue' | 'http';
}

/** Where the groups go. The label identifies it in the progress file and to the operator; it never contains a key. */
interface Destination {
  readonly label: string;
  readonly deliver: Deliver;
}

export function findDestination(
  options: DestinationOptions,
  { env, folder, interrupted }: Context,
): Destination {
  if (options.to === 'http') {
    if (options.storage !== undefined || options.account !== undefined)
      throw usageFailure('--storage and --account need --to queue.');
    const target = findAdapter(options, env, folder);
    return { label: `HTTP, ${target.label}`, deliver: createHttpDelivery(target, interrupted) };
  }
  if (options.url !== undefined || options.key !== undefined)
    throw usageFailure('--url and --key need --to http.');
  const target = findStorage(options, env, folder);
  return { label: `queue, ${target.label}`, deliver: createQueueDelivery(target, interrupted) };
}
