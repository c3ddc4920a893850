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

/** A port that is free now, for a server of another process that must be told one. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
