import type { Context } from '../context.ts';
import { type ExitCode, exitCodes, Failure } from '../failure.ts';
import {
  authorizeApp,
  type Changed,
  type Connection,
  createConnection,
  isAuthorized,
  readConnection,
} from '../graph/connections.ts';
import { findGraph, type GraphOptions } from '../graph/graph-target.ts';
import { createOperatorGraph, type OperatorGraph } from '../graph/operator-graph.ts';
import { showNotPermitted } from '../graph/show-not-permitted.ts';
import { printable } from '../terminal/printable.ts';

export interface ConnectionOptions extends GraphOptions {
  /** Client id. */
  readonly identity?: string;
  readonly dryRun?: boolean;
}

/** `connection show`: whether the connection exists and who may write to it. */
export function showConnection(id: string, options: ConnectionOptions, context: Context): Promise<ExitCode> {
  return run(options, context, async (graph) => {
    const connection = await readConnection(graph, id);
    if (connection === null)
      throw new Failure(
        `Graph shows this sign-in no connection ${id}: it does not exist, or it belongs to another app.`,
      );
    return printConnection(context, connection, { connection }, options.identity);
  });
}

/** `connection authorize`: adds the identity to those that may write to the connection. */
export function authorizeConnection(
  id: string,
  options: ConnectionOptions & { readonly identity: string },
  context: Context,
): Promise<ExitCode> {
  return run(options, context, async (graph) =>
    reportChange(context, await authorizeApp(graph, id, options.identity, options.dryRun === true), options),
  );
}

/** `connection create`: a connection that the signed-in app owns and the identity may write to. */
export function createOwnConnection(
  id: string,
  options: ConnectionOptions & { readonly name: string; readonly description?: string },
  context: Context,
): Promise<ExitCode> {
  const { name, description = null, identity } = options;
  const wanted = { connectionId: id, name, description, appIds: identity === undefined ? [] : [identity] };
  return run(options, context, async (graph) =>
    reportChange(context, await createConnection(graph, wanted, options.dryRun === true), options),
  );
}

async function run(
  options: ConnectionOptions,
  context: Context,
  use: (graph: OperatorGraph) => Promise<ExitCode>,
): Promise<ExitCode> {
  const graph = createOperatorGraph(await findGraph(options, context));
  return showNotPermitted(context.console, () => use(graph));
}

const labels = {
  changed: 'Done:',
  unchanged: 'Nothing to do:',
  'would-change': 'Nothing was changed. Would change to:',
} as const;

function reportChange(
  context: Context,
  changed: Changed,
  { identity }: ConnectionOptions,
): Promise<ExitCode> {
  context.console.line(labels[changed.outcome]);
  return printConnection(context, changed.connection, changed, identity);
}

/** Ends with 1 if an identity was named that may not write to it, according to the list. */
async function printConnection(
  { console }: Context,
  connection: Connection,
  document: object,
  identity: string | undefined,
): Promise<ExitCode> {
  const authorized = identity === undefined ? {} : { authorized: isAuthorized(connection, identity) };
  await console.document({ ...document, ...authorized });
  const { id, name, state, authorizedAppIds } = connection;
  const rows: [string, string][] = [
    ['connection', id],
    ['name', name ?? ''],
    ['state', state ?? ''],
    ['authorized', authorizedAppIds.join(', ') || 'no app except the one that created it'],
  ];
  for (const [label, value] of rows)
    console.line(`${console.paint.dim(label.padEnd(11))} ${printable(value)}`);
  if (authorized.authorized !== false) return exitCodes.ok;
  console.note(
    `${identity} is not on the list. Unless it created the connection itself, it may not write to it: external-groups connection authorize ${id} --identity ${identity}`,
  );
  return exitCodes.failed;
}
