import { readRequestFault } from '../../shared/request-fault.ts';
import type { StorageProbe } from '../../storage/probe.ts';
import type { QueueContent } from '../../storage/stores.ts';
import { type CheckDefinition, type Finding, failed, passed, skipped } from '../check.ts';
import { describeStorageFault } from '../storage-fault.ts';
import type { StoragePort } from './storage.ts';

/** Milliseconds that a message may stay visible without being received: the host polls every 10 s at least. */
const maxAge = 15 * 60_000;

/** Messages on the queues that should not be there. */
export function queueChecks({
  probe,
  access,
  stores,
  now,
}: Omit<StoragePort, 'work'>): readonly CheckDefinition[] {
  const named = (content: QueueContent) =>
    stores.queues.filter((queue) => queue.content === content).map(({ name }) => name);
  const check = (
    id: string,
    title: string,
    look: (open: StorageProbe, signal: AbortSignal) => Promise<Finding>,
  ): CheckDefinition => ({
    id,
    title,
    needs: ['queue-read'],
    look: async (signal) => {
      if (probe === null) return skipped('because AzureWebJobsStorage is not set');
      try {
        return await look(probe, signal);
      } catch (thrown) {
        return describeStorageFault(readRequestFault(thrown), { ...access, service: 'queue' });
      }
    },
  });
  const empty = (id: string, title: string, content: QueueContent, fix: string) =>
    check(id, title, async (open, signal) => {
      const counts = await Promise.all(
        named(content).map(async (name) => ({ name, count: (await open.countMessages(name, signal)) ?? 0 })),
      );
      const full = counts.filter(({ count }) => count > 0);
      return full.length === 0
        ? passed('none')
        : failed(full.map(({ name, count }) => `about ${count} on ${name}`).join(', '), fix);
    });

  return [
    empty(
      'poison-messages',
      'Poison messages',
      'poison',
      'They become dead letters within minutes. If they stay, look for exceptions of the functions that empty these queues, and whether they are disabled ("az functionapp function list").',
    ),
    empty(
      'dead-letters',
      'Dead letters',
      'dead-letters',
      'Run external-groups dead-letters list; fix the cause, then run external-groups dead-letters redrive --all. For messages that must not be redriven: external-groups dead-letters discard <id> --reason <text>',
    ),
    check('oldest-message', 'Oldest waiting message', async (open, signal) => {
      const oldest = await Promise.all(
        named('work').map(async (name) => {
          const there = (await open.countMessages(name, signal)) !== null;
          return { name, since: there ? await open.oldestMessage(name, signal) : null };
        }),
      );
      const waiting = oldest.flatMap(({ name, since }) =>
        since === null ? [] : [{ name, age: Math.max(0, now() - since) }],
      );
      const seen = waiting.map(({ name, age }) => `${Math.round(age / 60_000)} min on ${name}`).join(', ');
      if (waiting.every(({ age }) => age <= maxAge)) return passed(seen === '' ? 'none waits' : seen);
      return failed(
        seen,
        'If this is not a temporary backlog, check whether the queue functions are disabled ("az functionapp function list") or failing (exceptions in Application Insights), or the host is stopped.',
      );
    }),
  ];
}
