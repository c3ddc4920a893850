import { member } from '../../src/graph/transport/read-response.ts';
import { Failure } from '../failure.ts';
import { type ConnectionChange, connectionCommands } from './connection-commands.ts';
import { NotPermitted } from './not-permitted.ts';
import { describeReply, type OperatorGraph, type Reply } from './operator-graph.ts';

/** An external connection as Graph shows it to an authorised app. */
export interface Connection {
  readonly id: string;
  readonly name: string | null;
  readonly state: string | null;
  /** Client ids of the apps that may write to it, besides the one that created it, which Graph does not name. */
  readonly authorizedAppIds: readonly string[];
}

/** The result of a command that may change something. */
export interface Changed {
  readonly outcome: 'changed' | 'unchanged' | 'would-change';
  readonly connection: Connection;
}

/** Reads the connection; null if Graph shows none to this sign-in. */
export async function readConnection(
  graph: OperatorGraph,
  connectionId: string,
  change: Omit<ConnectionChange, 'connectionId'> = { appIds: [] },
): Promise<Connection | null> {
  const reply = await graph.call('GET', `/external/connections/${connectionId}`);
  if (isStatus(reply, 404)) return null;
  const connection = isStatus(reply, 200) ? narrow(reply, connectionId) : null;
  if (connection !== null) return connection;
  throw failure('The connection cannot be read', reply, graph, { connectionId, ...change });
}

/** Creates the connection, owned by the signed-in app; an existing one is left unchanged. */
export async function createConnection(
  graph: OperatorGraph,
  wanted: {
    readonly connectionId: string;
    readonly name: string;
    readonly description: string | null;
    readonly appIds: readonly string[];
  },
  dryRun: boolean,
): Promise<Changed> {
  const { connectionId, name, description, appIds } = wanted;
  const planned = { id: connectionId, name, state: null, authorizedAppIds: appIds };
  const existing = dryRun ? await readConnection(graph, connectionId, { appIds, name }) : null;
  if (existing !== null) return { outcome: 'unchanged', connection: existing };
  if (dryRun) return { outcome: 'would-change', connection: planned };
  const reply = await graph.call('POST', '/external/connections', {
    id: connectionId,
    name,
    ...(description === null ? {} : { description }),
    configuration: { authorizedAppIds: appIds },
  });
  if (isStatus(reply, 201)) return { outcome: 'changed', connection: narrow(reply, connectionId) ?? planned };
  // Even if the response was lost: what exists now counts.
  const found = isStatus(reply, 409) || isUncertain(reply) ? await readConnection(graph, connectionId) : null;
  if (found !== null) return { outcome: 'unchanged', connection: found };
  if (isStatus(reply, 409))
    throw new Failure(
      `A connection ${connectionId} exists, but Graph does not show it to this sign-in: it belongs to another app. Have its owner run "external-groups connection authorize ${connectionId} --identity <client id>".`,
    );
  throw failure('The connection was not created', reply, graph, { connectionId, appIds, name });
}

/** Attempts to add an app while others change the same list: Graph has no conditional write. */
const maxRounds = 3;

/**
 * Adds an app to those that may write to the connection. Graph replaces the list, so the whole list is sent, and read
 * back afterwards. A list that cannot be read is not written.
 */
export async function authorizeApp(
  graph: OperatorGraph,
  connectionId: string,
  appId: string,
  dryRun: boolean,
): Promise<Changed> {
  for (let round = 1; ; round += 1) {
    const connection = await readConnection(graph, connectionId, { appIds: [appId] });
    if (connection === null)
      throw new NotPermitted(
        `Graph shows this sign-in no connection ${connectionId}: only the app that created it, or one with ExternalConnection.ReadWrite.All, may change it.`,
        connectionCommands({ connectionId, appIds: [appId] }, graph.target),
      );
    if (isAuthorized(connection, appId))
      return { outcome: round === 1 ? 'unchanged' : 'changed', connection };
    const authorizedAppIds = [...connection.authorizedAppIds, appId];
    if (dryRun) return { outcome: 'would-change', connection: { ...connection, authorizedAppIds } };
    if (round > maxRounds)
      throw new Failure(
        `Graph confirmed the change ${maxRounds} times, but does not show it. Check again later.`,
      );
    const body = { configuration: { authorizedAppIds } };
    const reply = await graph.call('PATCH', `/external/connections/${connectionId}`, body);
    if (!isStatus(reply, 204) && !isStatus(reply, 200) && !isUncertain(reply))
      throw failure('The app was not authorized', reply, graph, { connectionId, appIds: authorizedAppIds });
  }
}

/** Application ids are compared case-insensitively. */
export function isAuthorized({ authorizedAppIds }: Connection, appId: string): boolean {
  return authorizedAppIds.some((id) => id.toLowerCase() === appId.toLowerCase());
}

function narrow(reply: Reply, connectionId: string): Connection | null {
  const body = reply.kind === 'answer' ? reply.body : undefined;
  if (String(member(body, 'id')).toLowerCase() !== connectionId.toLowerCase()) return null;
  const ids = member(member(body, 'configuration'), 'authorizedAppIds') ?? [];
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string')) return null;
  const text = (name: string) => {
    const value = member(body, name);
    return typeof value === 'string' ? value : null;
  };
  return { id: text('id') ?? connectionId, name: text('name'), state: text('state'), authorizedAppIds: ids };
}

function failure(what: string, reply: Reply, { target }: OperatorGraph, change: ConnectionChange): Failure {
  const sentence = `${what}: ${describeReply(reply)}.`;
  const isRefusal = reply.kind === 'not-signed-in' || isStatus(reply, 401) || isStatus(reply, 403);
  return isRefusal ? new NotPermitted(sentence, connectionCommands(change, target)) : new Failure(sentence);
}

function isStatus(reply: Reply, status: number): boolean {
  return reply.kind === 'answer' && reply.status === status;
}

function isUncertain(reply: Reply): boolean {
  return reply.kind === 'no-answer' || (reply.kind === 'answer' && reply.status >= 500);
}
