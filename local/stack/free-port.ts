import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Whether a TCP port of 127.0.0.1 can be bound right now. */
export function isFreePort(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** The preferred port if it is free, otherwise 0 (any free port): for servers whose port nobody relies on. */
export async function portOrAny(preferred: number): Promise<number> {
  return (await isFreePort(preferred)) ? preferred : 0;
}

/**
 * A port for a server of another process that must be told one, or that comes back to it. It stays free until somebody
 * asks for it by number: systems choose ports of their own accord from higher ones (Linux from 32768, others from 49152).
 */
export async function freePort(): Promise<number> {
  const port = randomInt(20_000, 32_000);
  return (await isFreePort(port)) ? port : freePort();
}
