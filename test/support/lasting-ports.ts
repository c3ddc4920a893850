import type { AzuritePorts } from '../../local/stack/azurite.ts';
import { freePort } from '../../local/stack/free-port.ts';

/** Ports for an Azurite that stops and comes back at the same address. */
export async function lastingPorts(): Promise<AzuritePorts> {
  return { blob: await freePort(), queue: await freePort(), table: await freePort() };
}
