import { setTimeout as delay } from 'node:timers/promises';
import { fixed } from '../finding.ts';
import { makeMembers } from './caller.ts';
import { openGraphWindow } from './graph-window.ts';
import { type Declaring, type Part, shown } from './start-declaring.ts';

const membersEach = 10;
const senders = 16;
const latencyMs = 10;
/** Milliseconds after the last declaration by which all must be in Graph. */
const patience = 120_000;

/** Groups of ten, as many as are declared within the seconds, at the most `most`; then until all are in Graph. */
export async function measureManyGroups(
  { stack, proxy, caller }: Declaring,
  most: number,
  seconds: number,
): Promise<Part> {
  stack.graph.setPace({ maxInFlight: 25, latencyMs });
  const window = openGraphWindow(stack.graph);
  proxy.take();
  caller.takeRefused();
  const startedAt = performance.now();
  const elapsed = () => (performance.now() - startedAt) / 1000;
  let count = 0;
  const sender = async () => {
    while (count < most && elapsed() < seconds) {
      const id = `many${count++}`;
      await caller.putAndWait(id, { displayName: id });
      await caller.putAndWait(`${id}/members`, { members: makeMembers(membersEach) });
    }
  };
  await Promise.all(Array.from({ length: senders }, sender));
  const [recorded, refused] = [elapsed(), caller.takeRefused()];
  const wanted = count * (1 + membersEach);
  const giveUp = performance.now() + patience;
  while (window.writes() < wanted && performance.now() < giveUp) await delay(100);
  const applied = elapsed();
  const [done, requests] = [window.writes(), proxy.take()];
  const groups = count.toLocaleString('en');
  return {
    rows: [
      shown(
        `${groups} groups of ${membersEach} members`,
        `${fixed(done / applied, 0)} writes a second, ${fixed(requests / count, 1)} table requests a group${done < wanted ? `; ${wanted - done} writes were left after ${patience / 1000} s` : ''}`,
      ),
    ],
    charts: [],
    detail: `${groups} groups${count < most ? `, as many of ${most.toLocaleString('en')} as fit ${seconds} s` : ''}, each declared with two requests that wait for Graph, ${senders} senders: answered in ${fixed(recorded, 0)} s (${refused} answers 503, sent again), in Graph after ${fixed(applied, 0)} s; Graph takes ${latencyMs} ms over a call there, so that the processors are the limit.`,
  };
}
