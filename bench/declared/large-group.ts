import { fixed } from '../finding.ts';
import { processorTimeOf, sampleMemory } from '../process-sample.ts';
import { quantile } from '../statistics.ts';
import { bareLoop } from './bare-loop.ts';
import { makeMembers } from './caller.ts';
import { openGraphWindow, rateOf } from './graph-window.ts';
import { type Declaring, judged, type Part, shown } from './start-declaring.ts';

const maxInFlight = 25;
const latencyMs = 100;
/** Members per second that Graph allows. */
const ceiling = (maxInFlight * 1000) / latencyMs;

/** One group with all its members declared at once, the same set again, and then a hundred changes. */
export async function measureLargeGroup(
  { stack, proxy, host, caller }: Declaring,
  size: number,
  say: (line: string) => void,
): Promise<Part> {
  const members = makeMembers(size);
  stack.graph.setPace({ maxInFlight, latencyMs });
  await caller.put('large', { displayName: 'Large' });
  await caller.rested('large');
  const loop = { inFlight: maxInFlight, count: Math.ceil(ceiling * 5) };
  const bareBefore = await bareLoop(stack, 'large', loop);
  proxy.take();

  const first = openGraphWindow(stack.graph);
  const cpuBefore = await processorTimeOf(host.pid);
  const memory = sampleMemory(host.pid);
  const recorded = await caller.put('large/members', { members });
  const requestsToRecord = proxy.take();
  say(`  recorded in ${fixed(recorded.took / 1000, 1)} s`);
  const rested = await caller.rested('large', 1_000);
  const resident = memory();
  if (rested.record.state !== 'applied') throw new Error(`the group is ${rested.record.state}`);
  const rate = rateOf(first.calls()) * (size / first.requests());
  const cpu = ((await processorTimeOf(host.pid)) - cpuBefore) / size;
  const requestsToApply = proxy.take() - rested.asked;
  const throttled = first.calls().filter(({ status }) => status === 429).length;
  const bareAfter = await bareLoop(stack, 'large', loop);
  say(`  ${fixed(rate, 0)} members a second; bare ${fixed(bareBefore, 0)} and ${fixed(bareAfter, 0)}`);

  const second = openGraphWindow(stack.graph);
  const again = await caller.put('large/members', { members });
  const requestsAgain = proxy.take();
  await caller.rested('large');
  const callsAgain = second.requests();

  proxy.take();
  const third = openGraphWindow(stack.graph);
  const update = await caller.put('large/members', { members: [...members.slice(50), ...makeMembers(50)] });
  const updated = await caller.rested('large');
  const [callsUpdate, requestsUpdate] = [third.requests(), proxy.take() - updated.asked];

  // The heap grows to its working size at first, as under any load.
  const middle = resident.slice(Math.floor(resident.length * 0.4), Math.ceil(resident.length * 0.6));
  const early = quantile(middle, 0.5);
  const late = quantile(resident.slice(Math.floor(resident.length * 0.8)), 0.5);
  const count = size.toLocaleString('en');
  const share = rate / ceiling;
  return {
    rows: [
      judged(
        `${count} members declared at once`,
        '≥ 0.9 × Graph’s ceiling',
        `${fixed(share)} × (${fixed(rate, 0)} of ${ceiling} members a second; ${fixed((2 * rate) / (bareBefore + bareAfter))} × a bare loop)`,
        share >= 0.9,
        `${fixed(0.9 - share)} × under`,
      ),
      shown(
        'The same: a bare loop, before and after',
        `${fixed(bareBefore / ceiling)} × and ${fixed(bareAfter / ceiling)} × the ceiling`,
      ),
      shown('The same: recorded', `${fixed(recorded.took / 1000, 1)} s, ${requestsToRecord} table requests`),
      shown(
        'The same: applied',
        `${requestsToApply} table requests, ${fixed(cpu)} ms of processor time a member, ${throttled} calls on 429`,
      ),
      judged(
        'The same: memory from the middle to the end',
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
    detail: `Graph takes ${latencyMs} ms over a call and refuses more than ${maxInFlight} at a time. The members come in one body with \`respond-async\`. One process, with its functions host, which asks the queue every 100 ms. Table requests are counted on their way to storage, without those of whoever asks for the record. The bare loop makes the same calls, ${maxInFlight} at a time, for five seconds and keeps no ledger.`,
  };
}
