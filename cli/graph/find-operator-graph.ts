import { parseUrl } from '../../src/settings/readers.ts';
import { isLoopback } from '../../src/shared/is-loopback.ts';
import type { Context } from '../context.ts';
import { findGraph } from './graph-target.ts';
import { createOperatorGraph, type OperatorGraph } from './operator-graph.ts';

/** The Graph that the adapter at `url` writes to: an adapter on this machine uses the local stack's. */
export async function findOperatorGraph(
  { url }: { readonly url?: string },
  context: Context,
): Promise<OperatorGraph> {
  const isLocal = url === undefined || isLoopback(parseUrl(url)?.hostname ?? '');
  return createOperatorGraph(await findGraph(isLocal ? { local: true } : {}, context));
}
