import type { Random } from '../../local/stack/random.ts';
import type { Stack } from '../../local/stack/stack.ts';

export interface Window {
  /** Milliseconds of each response. */
  readonly latencies: number[];
  /** Responses by status; `0`: none. */
  readonly statuses: Record<string, number>;
}

export interface Load {
  /** The responses since the last call. */
  readonly take: () => Window;
  readonly stop: () => Promise<void>;
}

type Request = readonly [path: string, body: string, headers: Readonly<Record<string, string>>];

/** A realistic mix: new groups, repeated, deferred and invalid ones, at a steady rate whatever happens. */
export function startLoad(stack: Stack, rate: number, random: Random): Load {
  let window: Window = { latencies: [], statuses: {} };
  let sent = 0;
  const open = new Set<Promise<void>>();
  const json = { 'content-type': 'application/json', 'x-functions-key': stack.functionKey };

  function next(): Request {
    sent += 1;
    const draw = random();
    const group = (id: number) =>
      JSON.stringify({ id: `soak${id}`, displayName: `Team ${id}`, description: null });
    const path = '/api/connections/contosohr/groups';
    if (draw < 0.5) return [path, group(sent), json];
    if (draw < 0.7) return [path, group(Math.ceil(random() * sent)), json];
    if (draw < 0.9) return [path, group(sent), { ...json, prefer: 'respond-async' }];
    if (draw < 0.95) return [path, '{"id":"', json];
    return [path, JSON.stringify({ id: 'x', members: [] }), json];
  }

  async function send(): Promise<void> {
    const [path, body, headers] = next();
    const startedAt = performance.now();
    let status = '0';
    try {
      const signal = AbortSignal.timeout(30_000);
      const response = await fetch(`${stack.host?.url}${path}`, { method: 'POST', headers, body, signal });
      await response.text();
      status = String(response.status);
    } catch {
      // Counted as no response.
    }
    // Counts in the window in which it ends: the slow ones matter too.
    window.latencies.push(performance.now() - startedAt);
    window.statuses[status] = (window.statuses[status] ?? 0) + 1;
  }

  const timer = setInterval(() => {
    const sending = send();
    open.add(sending);
    sending.finally(() => open.delete(sending));
  }, 1000 / rate);
  return {
    take: () => {
      const taken = window;
      window = { latencies: [], statuses: {} };
      return taken;
    },
    stop: async () => {
      clearInterval(timer);
      await Promise.all(open);
    },
  };
}
