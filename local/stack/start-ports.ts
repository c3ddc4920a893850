import { isFreePort, portOrAny } from './free-port.ts';
import type { StackOptions } from './stack.ts';

/** The functions port from `--port`, else `PORT`, else 7071 (that of Core Tools). Throws a sentence for an invalid one. */
export function chosenPort(option: string | undefined, variable: string | undefined): number {
  const given = option ?? (variable === '' ? undefined : variable) ?? '7071';
  const port = Number(given);
  if (!/^\d+$/.test(given) || port < 1 || port > 65_535) {
    throw new Error(
      `${option === undefined ? 'PORT' : '--port'} is "${given}" but must be a port from 1 to 65535.`,
    );
  }
  return port;
}

/**
 * The functions port as chosen, which must be free: callers rely on it. All others have a usual number, so that
 * tools and notes keep working, and fall back to a free one; the app is given the actual addresses.
 */
export async function startPorts(functions: number): Promise<NonNullable<StackOptions['ports']>> {
  if (!(await isFreePort(functions)))
    throw new Error(`Port ${functions} is in use; set PORT to another one.`);
  const preferred = { control: 7070, identity: 7072, graph: 7443, telemetry: 7444 };
  const others = await Promise.all(
    Object.entries(preferred).map(async ([name, port]) => [
      name,
      port === functions ? 0 : await portOrAny(port),
    ]),
  );
  const [blob, queue, table] = await Promise.all([10_000, 10_001, 10_002].map(portOrAny));
  return {
    functions,
    ...Object.fromEntries(others),
    azurite: { blob: blob ?? 0, queue: queue ?? 0, table: table ?? 0 },
  };
}
