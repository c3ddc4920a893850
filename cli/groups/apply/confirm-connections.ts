import type { Context } from '../../context.ts';
import { Failure, usageFailure } from '../../failure.ts';
import { findOperatorGraph } from '../../graph/find-operator-graph.ts';
import type { OperatorGraph } from '../../graph/operator-graph.ts';
import { count, printable } from '../../terminal/printable.ts';
import type { LedgerClient } from '../ledger-client.ts';
import type { AdapterOptions } from '../open-ledger.ts';
import { findUnknownConnections } from './find-connections.ts';
import type { GroupPlan } from './plan.ts';

export interface ConnectionConsent extends AdapterOptions {
  /** Connections that nobody knows yet are meant. */
  readonly newConnection?: boolean;
  readonly dryRun?: boolean;
}

/**
 * Whether what is planned may be recorded: a connection that neither the ledger nor Graph knows is probably mistyped,
 * and what is recorded for it fails until somebody notices.
 */
export async function confirmConnections(
  plans: readonly GroupPlan[],
  ledger: Pick<LedgerClient, 'listGroups'>,
  options: ConnectionConsent,
  context: Context,
): Promise<boolean> {
  const { console } = context;
  const planned = plans.filter(({ refused }) => refused === null).map(({ name }) => name.connectionId);
  const open = () => openGraph(options, context);
  if (options.newConnection === true) return true;
  for (const id of await findUnknownConnections([...new Set(planned)].sort(), ledger, open)) {
    const number = planned.filter((connectionId) => connectionId === id).length;
    const what = `Neither the ledger nor Graph knows the connection ${printable(id)}`;
    if (options.dryRun === true) {
      console.note(`${what}.`);
      continue;
    }
    const answer = console.confirm(`${what}. Record ${count(number, 'group')} for it?`);
    if (answer === null)
      throw usageFailure(`${what}; nothing was changed. If it is right, add --new-connection.`);
    if (!(await answer)) return false;
  }
  return true;
}

/** The Graph that the adapter writes to; null: it cannot be asked. */
async function openGraph(options: ConnectionConsent, context: Context): Promise<OperatorGraph | null> {
  try {
    return await findOperatorGraph(options, context);
  } catch (thrown) {
    if (thrown instanceof Failure) return null;
    throw thrown;
  }
}
