/** What the runtime reports about itself after a full garbage collection: what remains is in use. */
export interface RuntimeSample {
  readonly heapUsed: number;
  readonly external: number;
  /** What keeps the event loop alive, by kind: `Timeout`, `TCPSocketWrap`, `TLSSocketWrap` … */
  readonly resources: Readonly<Record<string, number>>;
}

export interface Inspector {
  readonly sample: () => Promise<RuntimeSample>;
  readonly close: () => void;
}

/** The environment that lets a host be inspected; the product knows nothing of it. */
export const inspectable = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

/** The address in the line that Node prints when it can be inspected; null for any other line. */
export function findInspector(line: string): string | null {
  return /Debugger listening on (ws:\/\/127\.0\.0\.1:\S+)/.exec(line)?.[1] ?? null;
}

const question = `JSON.stringify((() => {
  const { heapUsed, external } = process.memoryUsage();
  const resources = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  return { heapUsed, external, resources };
})())`;

/** Talks to a Node process over the inspector protocol (chromedevtools.github.io/devtools-protocol/v8). */
export async function openInspector(url: string): Promise<Inspector> {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error('the inspector does not answer'));
  });
  const waiting = new Map<number, (result: unknown) => void>();
  socket.onmessage = ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id: number; result: unknown };
    waiting.get(id)?.(result);
    waiting.delete(id);
  };
  let id = 0;
  const call = (method: string, params: object = {}) =>
    new Promise<unknown>((resolve) => {
      id += 1;
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ id, method, params }));
    });
  await call('HeapProfiler.enable');
  return {
    sample: async () => {
      await call('HeapProfiler.collectGarbage');
      const answer = (await call('Runtime.evaluate', { expression: question })) as {
        result: { value: string };
      };
      return JSON.parse(answer.result.value) as RuntimeSample;
    },
    close: () => socket.close(),
  };
}
