import type { GraphProbe } from '../../graph/probe.ts';
import type { GraphStatus } from '../../groups/graph-answer.ts';
import { readRequestFault } from '../../shared/request-fault.ts';
import { type CheckDefinition, type Finding, failed, passed, skipped } from '../check.ts';

interface ConnectionPort {
  readonly probe: GraphProbe;
  /** From EXTERNAL_CONNECTIONS, or where it is not set from the work in storage. */
  readonly connections: readonly string[];
  /** Where the list comes from storage: whether all of that was read; null: EXTERNAL_CONNECTIONS is set. */
  readonly isWhole: boolean | null;
}

/** Connections beyond this number are not checked. */
export const maxConnections = 20;

export function connectionChecks({
  probe,
  connections,
  isWhole,
}: ConnectionPort): readonly CheckDefinition[] {
  const asked = connections.slice(0, maxConnections);
  const checks = asked.flatMap((id) => [
    {
      id: `connection-known:${id}`,
      title: `Connection ${id}: known and ours`,
      needs: ['token'],
      ifSilent: graphIsSilent,
      look: (signal: AbortSignal) => askGraph(signal, () => lookUp(id, probe, signal)),
    },
    {
      id: `connection-writable:${id}`,
      title: `Connection ${id}: writing groups`,
      needs: ['token-role'],
      ifSilent: graphIsSilent,
      look: (signal: AbortSignal) => askGraph(signal, () => tryWriting(id, probe, signal)),
    },
  ]);
  const left = connections.slice(maxConnections);
  if (left.length === 0 && isWhole === null) return checks;
  return [
    ...checks,
    { id: 'connections', title: 'Connections', look: () => listFinding(asked, left, isWhole) },
  ];
}

/** Which connections the list has, and which of them Graph was not asked about. */
function listFinding(asked: readonly string[], left: readonly string[], isWhole: boolean | null): Finding {
  const from =
    isWhole === null
      ? ''
      : 'EXTERNAL_CONNECTIONS is not set: only the connections that the ledger, the operations and the dead letters name are checked; ';
  const rest = isWhole === false ? '; not all of that could be read, so others may be missing' : '';
  const show = 'external-groups connection show <connection> checks one';
  if (left.length > 0)
    return skipped(
      `because ${from}only ${maxConnections} are checked in one run, not ${listed(left)}${rest}; ${show}`,
    );
  if (asked.length === 0) return skipped(`because ${from}they name none${rest}; ${show}`);
  return isWhole === true
    ? passed(`${from}they name ${listed(asked)}`)
    : skipped(`because ${from}they name ${listed(asked)}${rest}; ${show}`);
}

function listed(ids: readonly string[]): string {
  const shown = ids.slice(0, maxConnections).join(', ');
  return ids.length > maxConnections ? `${shown} and ${ids.length - maxConnections} more` : shown;
}

async function lookUp(id: string, probe: GraphProbe, signal: AbortSignal): Promise<Finding> {
  const shown = await probe.readConnection(id, signal);
  if (shown.status === 200) return passed('Graph shows it');
  if (shown.status === 404) return unknown(id, shown.graph, await clientIdOf(probe, signal));
  if (!isRefusal(shown.status)) return unavailable(shown.graph);
  // Reading connections needs a role of its own, which the app does not need otherwise.
  const read = await probe.readNoGroup(id, signal);
  if (read.status === 404 || read.status === 200)
    return passed(
      'Graph answers requests about groups there; only a write shows whether the connection exists',
    );
  return isRefusal(read.status)
    ? refused(id, read.graph, await clientIdOf(probe, signal))
    : unavailable(read.graph);
}

async function tryWriting(id: string, probe: GraphProbe, signal: AbortSignal): Promise<Finding> {
  const { status, graph } = await probe.createNoGroup(id, signal);
  if ([201, 400, 409, 422].includes(status))
    return passed('Graph refuses a group with an impossible id, for that id only');
  if (status === 404) return unknown(id, graph, await clientIdOf(probe, signal));
  return isRefusal(status) ? refused(id, graph, await clientIdOf(probe, signal)) : unavailable(graph);
}

/** Describes a request that had no response. */
async function askGraph(signal: AbortSignal, ask: () => Promise<Finding>): Promise<Finding> {
  try {
    return await ask();
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    const fault = readRequestFault(thrown);
    return failed(
      fault.kind === 'unreachable' ? `no connection to Graph (${fault.code})` : 'no answer from Graph',
      graphIsSilent,
    );
  }
}

const graphIsSilent =
  'Check that the app can reach Graph: outbound rules, proxies, and the service health of Microsoft 365.';

function unknown(id: string, graph: GraphStatus, clientId: string): Finding {
  return failed(
    `${word(graph)}: there is no such connection, or it belongs to another app`,
    `Check the id. As the app that owns the connection: external-groups connection authorize ${id} --identity ${clientId}; if there is none: external-groups connection create ${id} --name <name> --identity ${clientId}`,
  );
}

function refused(id: string, graph: GraphStatus, clientId: string): Finding {
  return failed(
    `${word(graph)}: the identity may not use it`,
    `As the app that owns the connection: external-groups connection authorize ${id} --identity ${clientId}. If the role was granted within the last few minutes, run this again first.`,
  );
}

function unavailable(graph: GraphStatus): Finding {
  return failed(
    word(graph),
    graph.status === 429
      ? 'Graph throttles: run this again when there is less to do.'
      : `${graphIsSilent} Run this again; quote the request id to Microsoft support.`,
  );
}

function word({ status, code, requestId }: GraphStatus): string {
  const request = requestId === null ? '' : ` (request ${requestId})`;
  return `Graph answered ${status}${code === null ? '' : ` ${code}`}${request}`;
}

/** For the text of a fix: a placeholder if there is no token. */
async function clientIdOf(probe: GraphProbe, signal: AbortSignal): Promise<string> {
  const claims = await probe.claims(signal).catch(() => null);
  return claims?.clientId ?? '<client id of the identity>';
}

function isRefusal(status: number): boolean {
  return status === 401 || status === 403;
}
