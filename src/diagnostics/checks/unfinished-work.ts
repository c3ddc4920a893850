import { readRequestFault } from '../../shared/request-fault.ts';
import { type CheckDefinition, type Finding, failed, passed, skipped } from '../check.ts';
import { describeStorageFault } from '../storage-fault.ts';
import { searchSignal, type WorkInStorage } from '../work-in-storage.ts';
import type { StoragePort } from './storage.ts';

/** Milliseconds by which a group's next attempt must be late to count as overdue. */
const overdueAfter = 15 * 60_000;
/** Milliseconds that a creation may wait, for any reason. */
const longestWait = 60 * 60_000;
const most = 5_000;

/** From the worst to the most harmless; codes that are not listed come in between. */
const codesByWeight = ['graph-access-denied', 'connection-not-found', 'gave-up', 'group-not-found'];
const harmless = ['graph-rejected', 'members-refused'];
const reasonsByWeight = ['denied', 'unavailable', 'throttled'];

/** Declared groups and creations that are not as they should be. */
export function unfinishedWorkChecks({ work, access, now }: StoragePort): readonly CheckDefinition[] {
  const check = (
    id: string,
    title: string,
    look: (work: WorkInStorage, signal: AbortSignal) => Promise<Finding>,
  ): CheckDefinition => ({
    id,
    title,
    needs: ['table-read'],
    look: async (signal) => {
      if (work === null) return skipped('because AzureWebJobsStorage is not set');
      try {
        return await look(work, searchSignal(signal));
      } catch (thrown) {
        return describeStorageFault(readRequestFault(thrown), { ...access, service: 'table' });
      }
    },
  });

  return [
    check('declared-groups', 'Declared groups', async ({ find, tables, readHead }, signal) => {
      const late = new Date(now() - overdueAfter).toISOString();
      const filter = `RowKey ge 'g.' and RowKey lt 'g/' and (state eq 'failed' or due lt datetime'${late}')`;
      const { entities, isWhole } = await find(tables.ledger, { filter, most }, signal);
      const heads = entities.map((entity) => readOr(readHead, entity));
      const failing = heads.filter((head) => head?.state === 'failed');
      const overdue = heads.filter((head) => head !== null && head.state !== 'failed').length;
      const unreadable = heads.filter((head) => head === null).length;
      const codes = failing.map((head) => head?.code ?? 'unknown');
      const parts = [
        ...(failing.length > 0 ? [`${failing.length} failed (${formatCounts(codes, weightOfCode)})`] : []),
        ...(overdue > 0 ? [`${overdue} overdue by 15 min or more`] : []),
        ...(unreadable > 0 ? [`${unreadable} cannot be read`] : []),
      ];
      if (parts.length === 0) return nothingFound('none has failed or is overdue', isWhole);
      const first = failing.toSorted((a, b) => weightOfCode(a?.code) - weightOfCode(b?.code))[0];
      return failed(
        `${isWhole ? '' : 'at least '}${parts.join(', ')}`,
        first === undefined || first === null
          ? 'The hourly pass sends overdue groups to the queue again. Check whether the timer look-after-groups is disabled or the host stopped; see also "Oldest waiting message".'
          : `external-groups groups list --connection ${first.connectionId} --state failed; for one of them: external-groups groups explain ${first.groupId} --connection ${first.connectionId}`,
      );
    }),
    check('waiting-creations', 'Creations that wait', async ({ find, tables, readOperation }, signal) => {
      const filter = "status eq 'running' or status eq 'notStarted'";
      const { entities, isWhole } = await find(tables.operations, { filter, most }, signal);
      const waiting = entities.flatMap((entity) => readOr(readOperation, entity) ?? []);
      if (waiting.length === 0) return nothingFound('none waits', isWhole);
      const reasons = waiting.map(({ reason }) => reason);
      const since = Math.min(...waiting.map(({ createdDateTime }) => Date.parse(createdDateTime) || now()));
      const age = Math.max(0, now() - since);
      const seen = `${isWhole ? '' : 'at least '}${waiting.length} (${formatCounts(reasons, weightOfReason)}), the oldest for ${Math.round(age / 60_000)} min`;
      const isDenied = reasons.includes('denied');
      if (!isDenied && age <= longestWait) return passed(seen);
      return failed(
        seen,
        isDenied
          ? 'Graph refuses the identity: see "Graph role in the token" and the checks of the connections. The work continues by itself when Graph accepts the identity.'
          : 'external-groups operations list --state running shows what they wait for; see "Oldest waiting message" and the service health of Microsoft 365.',
      );
    }),
  ];
}

function readOr<T>(
  read: (entity: Readonly<Record<string, unknown>>) => T,
  entity: Readonly<Record<string, unknown>>,
): T | null {
  try {
    return read(entity);
  } catch {
    return null;
  }
}

function nothingFound(seen: string, isWhole: boolean): Finding {
  return isWhole ? passed(seen) : skipped('because there is too much to read in the time of a check');
}

/** `3 graph-access-denied, 1 gave-up`, the worst first. */
function formatCounts(words: readonly string[], weight: (word: string) => number): string {
  const times = new Map<string, number>();
  for (const word of words) times.set(word, (times.get(word) ?? 0) + 1);
  return [...times]
    .sort(([a, most], [b, fewer]) => weight(a) - weight(b) || fewer - most)
    .map(([word, number]) => `${number} ${word}`)
    .join(', ');
}

function weightOfCode(code: string | null | undefined): number {
  const at = codesByWeight.indexOf(code ?? '');
  if (at >= 0) return at;
  return codesByWeight.length + 1 + harmless.indexOf(code ?? '');
}

function weightOfReason(reason: string): number {
  const at = reasonsByWeight.indexOf(reason);
  return at < 0 ? reasonsByWeight.length : at;
}
