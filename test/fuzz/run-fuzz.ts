import { parseJson } from '../../local/stack/json.ts';
import { type StackOptions, startStack } from '../../local/stack/stack.ts';
import { fuzzHttp, type HttpOptions, isBareRefusal } from './fuzz-http.ts';
import { fuzzQueue } from './fuzz-queue.ts';
import { tryHostileCallers } from './hostile.ts';
import { createJudge } from './judge.ts';

export interface FuzzOptions {
  readonly seed: number;
  readonly http: number;
  /** Inputs without a signature, to a host that requires one. */
  readonly unsigned: number;
  readonly queue: number;
  readonly say: (line: string) => void;
  readonly stack?: StackOptions;
}

export interface FuzzReport {
  readonly seconds: number;
  /** How often each status occurred. */
  readonly answers: Readonly<Record<string, number>>;
  readonly groups: number;
  readonly deadLetters: number;
  readonly violations: readonly string[];
}

const impatience = {
  AzureFunctionsJobHost__extensions__queues__visibilityTimeout: '00:00:00',
  AzureFunctionsJobHost__extensions__queues__maxPollingInterval: '00:00:00.100',
};
const secret = `whsec_${Buffer.alloc(24, 's').toString('base64')}`;

/** Inputs of every kind over HTTP and on the queue; nothing may end in a 500, in silence, or without a result. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { seed, say } = options;
  const startedAt = performance.now();
  const stack = await startStack({
    ...options.stack,
    env: { ...impatience, ...options.stack?.env },
    graph: { connections: ['contososales'], logCapacity: 1_000 },
  });
  try {
    const host = stack.host;
    if (host === undefined) throw new Error('no host');
    let ended: string | null = null;
    host.exited.then(({ code, signal }) => {
      ended = `the host has ended (${signal ?? code}): ${stack.hostLines().slice(-3).join(' | ')}`;
    });
    const alive = () => {
      if (ended !== null) throw new Error(ended);
    };
    const openapi = parseJson(await (await fetch(`${host.url}/api/openapi.json`)).text());
    const judge = createJudge(openapi);
    const answers: Record<string, number> = {};
    const progress = createProgress(say);
    const count = (status: string) => {
      alive();
      answers[status] = (answers[status] ?? 0) + 1;
      progress(answers);
    };
    const violations: (string | null)[] = [];
    const key = stack.functionKey;

    const hostile = tryHostileCallers(host.port, key, judge);
    violations.push(await fuzzHttp({ inputs: options.http, seed, key, port: () => host.port, judge, count }));
    violations.push(...(await hostile));

    // Both share one storage account: a second host would take the queue's messages, so it runs only as long as needed.
    const guarded = await stack.startHost({ WEBHOOK_SECRETS: secret });
    const silent: HttpOptions['judge'] = (heard, { method }) => {
      // Reading takes the key alone.
      if (method === 'GET' || method === 'HEAD') return judge(heard);
      if (typeof heard === 'string') return `no answer: ${heard}`;
      if (heard.status < 300 && (heard.body === '{"status":"ok"}' || heard.body.includes('"openapi"')))
        return null;
      return isBareRefusal(heard) ? null : `${heard.status} without a signature: ${heard.body.slice(0, 300)}`;
    };
    const before = stack.graph.counters().requests;
    const port = () => guarded.port;
    violations.push(
      await fuzzHttp({ inputs: options.unsigned, seed: seed + 1, key, port, judge: silent, count }),
    );
    await guarded.stop();
    if (stack.graph.counters().requests > before) violations.push('an unsigned request reached Graph');

    const { connectionString } = stack.azurite;
    const queue = await fuzzQueue({
      inputs: options.queue,
      seed,
      connectionString,
      graph: stack.graph,
      say,
      alive,
      // The stack would use its newest host, which has been stopped.
      maintainQueues: async () => {
        const headers = { 'content-type': 'application/json', 'x-functions-key': stack.masterKey };
        const url = `${host.url}/admin/functions/maintain-queues`;
        await fetch(url, { method: 'POST', headers, body: '{"input":""}' });
      },
    });
    violations.push(...queue.violations, ended);
    return {
      seconds: Math.round((performance.now() - startedAt) / 1000),
      answers,
      groups: queue.groups,
      deadLetters: queue.deadLetters,
      violations: violations.filter((found) => found !== null),
    };
  } finally {
    await stack.close();
  }
}

function createProgress(say: (line: string) => void) {
  let saidAt = performance.now();
  return (answers: Readonly<Record<string, number>>) => {
    if (performance.now() - saidAt < 5_000) return;
    saidAt = performance.now();
    say(
      `http: ${Object.entries(answers)
        .map(([status, times]) => `${status} × ${times}`)
        .join('  ')}`,
    );
  };
}
