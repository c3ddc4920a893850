import type { OperatorGraph } from '../../graph/operator-graph.ts';
import type { LedgerClient } from '../ledger-client.ts';

/**
 * The connections that neither the ledger nor Graph knows, as far as this sign-in is shown them: probably mistyped. One
 * that Graph does not let the sign-in ask about counts as known.
 */
export async function findUnknownConnections(
  connectionIds: readonly string[],
  ledger: Pick<LedgerClient, 'listGroups'>,
  openGraph: () => Promise<OperatorGraph | null>,
): Promise<readonly string[]> {
  const unknown: string[] = [];
  for (const id of connectionIds) {
    if (await hasGroups(id)) continue;
    const graph = await openGraph();
    const reply = await graph?.call('GET', `/external/connections/${encodeURIComponent(id)}`);
    if (reply?.kind === 'answer' && reply.status === 404) unknown.push(id);
  }
  return unknown;

  async function hasGroups(connectionId: string): Promise<boolean> {
    for await (const _group of ledger.listGroups(connectionId)) return true;
    return false;
  }
}
