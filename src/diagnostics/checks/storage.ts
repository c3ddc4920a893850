import { readRequestFault } from '../../shared/request-fault.ts';
import type { StorageProbe, StorageService } from '../../storage/probe.ts';
import type { QueueContent } from '../../storage/stores.ts';
import { type CheckDefinition, type Finding, failed, passed, skipped } from '../check.ts';
import { describeStorageFault, type StorageAccess } from '../storage-fault.ts';
import type { WorkInStorage } from '../work-in-storage.ts';

interface Stores {
  readonly queues: readonly { readonly name: string; readonly content: QueueContent }[];
  readonly tables: readonly string[];
}

export interface StoragePort {
  /** Null: AzureWebJobsStorage is not set. */
  readonly probe: StorageProbe | null;
  readonly access: StorageAccess;
  readonly stores: Stores;
  /** Null with `probe`. */
  readonly work: WorkInStorage | null;
  readonly now: () => number;
}

/** Milliseconds: with a greater difference tokens and signatures are refused. */
const maxSkew = 5 * 60_000;

export function storageChecks({
  probe,
  access,
  stores,
  now,
}: Omit<StoragePort, 'work'>): readonly CheckDefinition[] {
  const silent = describeStorageFault({ kind: 'silent' }, access).fix;
  const check = (
    definition: Pick<CheckDefinition, 'id' | 'title' | 'needs'>,
    service: StorageService,
    look: (open: StorageProbe, signal: AbortSignal) => Promise<Finding>,
  ): CheckDefinition => ({
    ...definition,
    ifSilent: silent,
    look: async (signal) => {
      if (probe === null) return skipped('because AzureWebJobsStorage is not set');
      try {
        return await look(probe, signal);
      } catch (thrown) {
        return describeStorageFault(readRequestFault(thrown), { ...access, service });
      }
    },
  });
  const endpoint = (service: StorageService) =>
    check(
      { id: `${service}-endpoint`, title: `Storage: ${service} endpoint` },
      service,
      async (open, signal) => {
        await open.reach(service, signal);
        return passed(`${new URL(open.endpoints[service]).host} answers`);
      },
    );

  return [
    endpoint('queue'),
    check(
      { id: 'queue-read', title: 'Storage: reading queues', needs: ['queue-endpoint'] },
      'queue',
      async (open, signal) => {
        const counts = await Promise.all(stores.queues.map(({ name }) => open.countMessages(name, signal)));
        const missing = stores.queues.filter((_, index) => counts[index] === null).map(({ name }) => name);
        return passed(presence(stores.queues.length, 'queues', missing));
      },
    ),
    check(
      { id: 'queue-write', title: 'Storage: writing to queues', needs: ['queue-endpoint'] },
      'queue',
      async (open, signal) => {
        await open.writeQueue(signal);
        return passed('a message was written to a test queue and deleted again');
      },
    ),
    endpoint('table'),
    check(
      { id: 'table-read', title: 'Storage: reading tables', needs: ['table-endpoint'] },
      'table',
      async (open, signal) => {
        const there = await Promise.all(stores.tables.map((name) => open.readTable(name, signal)));
        return passed(
          presence(
            stores.tables.length,
            'tables',
            stores.tables.filter((_, index) => there[index] === false),
          ),
        );
      },
    ),
    check(
      { id: 'table-write', title: 'Storage: writing to tables', needs: ['table-endpoint'] },
      'table',
      async (open, signal) => {
        await open.writeTable(signal);
        return passed('an entity was inserted into a table and deleted again');
      },
    ),
    check({ id: 'clock', title: 'Clock', needs: ['queue-endpoint'] }, 'queue', async (open, signal) => {
      const theirs = await open.reach('queue', signal);
      if (theirs === null) return skipped('because storage does not report its time');
      const skew = now() - theirs;
      const seconds = Math.abs(Math.round(skew / 1000));
      const seen =
        seconds < 2 ? 'the same as storage’s' : `${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} storage’s`;
      return Math.abs(skew) <= maxSkew
        ? passed(seen)
        : failed(
            seen,
            'Set the clock of this machine: tokens, storage keys and webhook signatures depend on it.',
          );
    }),
  ];
}

function presence(count: number, what: string, missing: readonly string[]): string {
  return missing.length === 0
    ? `all ${count} ${what} are there`
    : `${count - missing.length} of ${count} ${what} exist; created when first needed: ${missing.join(', ')}`;
}
