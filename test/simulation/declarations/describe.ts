import type { Head } from '../../../src/ledger/core/head.ts';
import type { GraphGroup } from '../world/graph-service.ts';

/** A head in words, for whoever reads what happened. */
export function describeHead({ step, look, lease, ending, seen, failed, error, crashes }: Head): string {
  const flags = [ending ? 'ending' : '', seen ? 'seen' : '', failed ? `failed: ${error?.code ?? ''}` : ''];
  const words = [step, `look ${look}`, lease === null ? 'free' : `held by ${lease.owner}`, ...flags];
  return [...words, crashes > 0 ? `${crashes} crashes` : ''].filter((word) => word !== '').join(', ');
}

export function describeGroup(held: GraphGroup | null): string {
  return held === null
    ? 'none'
    : `${held.group.displayName} with ${[...held.members].sort().join(' ') || 'nobody'}`;
}
