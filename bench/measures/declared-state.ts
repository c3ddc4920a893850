import { setTimeout as delay } from 'node:timers/promises';
import type { HostProcess } from '../../local/stack/host-process.ts';
import { type Stack, startStack } from '../../local/stack/stack.ts';
import { impatient, startApp } from '../apps.ts';
import { createCaller, type DeclaringCaller, type Member, makeMembers } from '../declared/caller.ts';
import { type CountingProxy, startCountingProxy } from '../declared/counting-proxy.ts';
import { processorTimeOf, sampleMemory } from '../declared/process-sample.ts';
import { type Finding, fixed, type Measure, type Row } from '../finding.ts';
import { quantile } from '../statistics.ts';

const maxInFlight = 25;
const latencyMs = 100;
/** Members a second that Graph allows. */
const ceiling = (maxInFlight * 1000) / latencyMs;

export const declaredState: Measure = {
  name: 'declared-state',
  title: 'Declared groups',
  run: async ({ quick, say }): Promise<Finding> => {
    const stack = await startStack({ functionsHost: false, graph: { logCapacity: 300_000 } });
    const proxy = await startCountingProxy(stack.azurite.connectionString);
    const host = await startApp(stack, 'ours', {
      ...impatient,
      AzureWebJobsStorage: proxy.connectionString,
    });
    const bench: Bench = { stack, proxy, host, caller: createCaller(host.url, stack.functionKey) };
    try {
      stack.graph.setPace({ maxInFlight, latencyMs });
      const big = await measureBigGroup(bench, makeMembers(quick ? 5_000 : 50_000), say);
      stack.graph.setPace({ maxInFlight, latencyMs: 10 });
      const many = await measureManyGroups(bench, quick ? 100 : 1_000);
      return {
        rows: [...big.rows, ...many.rows],
        charts: big.charts,
        detail: `${big.detail} ${many.detail}`,
      };
    } finally {
      await host.stop(5_000);
      await proxy.close();
      await stack.close();
    }
  },
};

interface Bench {
  readonly stack: Stack;
  readonly proxy: CountingProxy;
  readonly host: HostProcess;
  readonly caller: DeclaringCaller;
}

type Part = Required<Omit<Finding, 'charts'>> & { readonly charts: NonNullable<Finding['charts']> };

async function measureBigGroup(bench: Bench, members: Member[], say: (line: string) => void): Promise<Part> {
  const { stack, proxy, host, caller } = bench;
  await caller.put('big', { displayName: 'Big' });
  await caller.rested('big');
  proxy.take();
  stack.graph.reset();
  stack.graph.setPace({ maxInFlight, latencyMs });

  const cpuBefore = await processorTimeOf(host.pid);
  const memory = sampleMemory(host.pid);
  const recorded = await caller.put('big/members', { members });
  // One is the read of the head, one that of the pages it does not have yet, one the transaction.
  const requestsToRecord = proxy.take();
  say(`  recorded in ${fixed(recorded.took / 1000, 1)} s`);
  const rested = await caller.rested('big');
  const resident = memory();
  const calls = stack.graph.calls();
  const first = calls[0]?.at ?? 0;
  const last = calls.at(-1);
  const seconds = ((last?.at ?? 0) + (last?.durationMs ?? 0) - first) / 1000;
  const rate = members.length / seconds;
  const cpu = ((await processorTimeOf(host.pid)) - cpuBefore) / members.length;
  const requestsToApply = proxy.take();
  const throttled = stack.graph.counters().byStatus['429'] ?? 0;
  if (rested.record.state !== 'applied') throw new Error(`the group is ${rested.record.state}`);

  stack.graph.reset();
  stack.graph.setPace({ maxInFlight, latencyMs });
  const again = await caller.put('big/members', { members });
  await caller.rested('big');
  const [callsAgain, requestsAgain] = [stack.graph.counters().requests, proxy.take()];

  const changed = [...members.slice(50), ...makeMembers(50)];
  const update = await caller.put('big/members', { members: changed });
  await caller.rested('big');
  const [callsUpdate, requestsUpdate] = [stack.graph.counters().requests, proxy.take()];

  const early = quantile(resident.slice(0, Math.ceil(resident.length * 0.3)), 0.5);
  const late = quantile(resident.slice(Math.floor(resident.length * 0.8)), 0.5);
  const count = members.length.toLocaleString('en');
  const share = rate / ceiling;
  return {
    rows: [
      judged(
        `${count} members declared at once`,
        '≥ 0.9 × Graph’s ceiling',
        `${fixed(share)} × (${fixed(rate, 0)} of ${ceiling} members a second)`,
        share >= 0.9,
        `${fixed(0.9 - share)} × under`,
      ),
      shown('The same: recorded', `${fixed(recorded.took / 1000, 1)} s, ${requestsToRecord} table requests`),
      shown(
        'The same: applied',
        `${requestsToApply} table requests, ${fixed(cpu)} ms of processor time a member, ${throttled} calls on 429`,
      ),
      judged(
        'The same: memory while it works',
        '≤ 10 % growth',
        `${late >= early ? '+' : '−'}${fixed(Math.abs(late / early - 1) * 100, 0)} % (${fixed(early, 0)} to ${fixed(late, 0)} MiB)`,
        late / early <= 1.1,
        `${fixed((late / early - 1.1) * 100, 0)} points over`,
      ),
      judged(
        'The same set again',
        'no call of Graph',
        `${callsAgain} calls, ${requestsAgain} table requests, ${fixed(again.took, 0)} ms`,
        callsAgain === 0,
        `${callsAgain} calls`,
      ),
      judged(
        `100 changed among ${count}`,
        '100 calls of Graph',
        `${callsUpdate} calls, ${requestsUpdate} table requests, ${fixed(update.took, 0)} ms to record`,
        callsUpdate === 100,
        `${callsUpdate - 100} more`,
      ),
    ],
    charts: [
      {
        kind: 'lines',
        title: 'Memory while a large group is applied',
        x: 'seconds',
        y: 'MiB resident',
        lines: [{ label: 'host', points: resident.map((mib, at) => [at / 2, mib] as const) }],
      },
    ],
    detail: `Graph takes ${latencyMs} ms over a call and refuses more than ${maxInFlight} at a time. The members come in one body with \`respond-async\`; table requests are counted on their way to storage, those of the polling caller included. One process, with its functions host.`,
  };
}

async function measureManyGroups(
  { stack, proxy, caller }: Bench,
  count: number,
): Promise<Omit<Part, 'charts'>> {
  stack.graph.reset();
  stack.graph.setPace({ maxInFlight, latencyMs: 10 });
  proxy.take();
  const startedAt = performance.now();
  let next = 0;
  const sender = async () => {
    while (next < count) {
      const id = `many${next++}`;
      await caller.put(id, { displayName: id });
      await caller.put(`${id}/members`, { members: makeMembers(10) });
    }
  };
  await Promise.all(Array.from({ length: 16 }, sender));
  const recorded = (performance.now() - startedAt) / 1000;
  const wanted = count * 11;
  const giveUp = Date.now() + 600_000;
  const done = () => {
    const { writes } = stack.graph.counters();
    return Object.values(writes).reduce((sum, each) => sum + each, 0);
  };
  while (done() < wanted && Date.now() < giveUp) await delay(100);
  const seconds = (performance.now() - startedAt) / 1000;
  const groups = count.toLocaleString('en');
  return {
    rows: [
      shown(
        `${groups} groups of 10 members`,
        `${fixed(wanted / seconds, 0)} writes a second, ${fixed(proxy.take() / count, 1)} table requests a group`,
      ),
    ],
    detail: `${groups} groups, each declared with two requests, 16 senders: recorded in ${fixed(recorded, 0)} s, in Graph after ${fixed(seconds, 0)} s; Graph takes 10 ms over a call there, so that the processors are the limit.`,
  };
}

function shown(figure: string, measured: string): Row {
  return { figure, goal: 'shown', measured, met: null };
}

function judged(figure: string, goal: string, measured: string, met: boolean, short: string): Row {
  return { figure, goal, measured, met, ...(met ? {} : { short }) };
}
