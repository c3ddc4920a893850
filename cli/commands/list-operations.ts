import type { Operation } from '../../src/creations/operations/operation.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes, usageFailure } from '../failure.ts';
import { formatChange, tableOfOperations } from '../operations/format.ts';
import { count, printable } from '../terminal/printable.ts';
import { findStorage, type StorageOptions } from '../where/storage-target.ts';
import { repeat } from '../work/repeat.ts';
import { openSearch } from '../work/search.ts';

export interface ListOperationsOptions extends StorageOptions {
  readonly state?: string;
  readonly connection?: string;
  /** A time, or an age such as 90m. */
  readonly since?: string;
  readonly limit: number;
  readonly watch?: boolean;
}

/** `operations list`: deferred creations, the latest action first; with `--watch`, then every change. */
export async function listOperations(options: ListOperationsOptions, context: Context): Promise<ExitCode> {
  const { console, now } = context;
  const { state, connection, limit, watch = false } = options;
  const since = options.since === undefined ? undefined : readSince(options.since, now());
  const search = openSearch(findStorage(options, context.env, context.folder), context.interrupted);
  const shown = new Map<string, string>();
  let isFirst = true;
  await repeat(watch, context, async () => {
    const { found, isWhole } = await search.operations({ state, connection, since });
    const latest = found.toSorted(byLastAction);
    const fresh = latest.filter((operation) => shown.get(operation.id) !== JSON.stringify(operation));
    for (const operation of fresh) shown.set(operation.id, JSON.stringify(operation));
    if (isFirst) await showAll(latest, isWhole);
    else
      for (const operation of fresh.toReversed()) {
        await console.document(operation);
        console.line(`${formatChange(operation, console.paint)}  ${nameOf(operation)}`);
      }
    isFirst = false;
  });
  return exitCodes.ok;

  async function showAll(latest: readonly Operation[], isWhole: boolean): Promise<void> {
    const listed = latest.slice(0, limit);
    const more = latest.length > limit || !isWhole;
    if (watch) for (const operation of listed.toReversed()) await console.document(operation);
    else await console.document({ operations: listed, more });
    for (const line of tableOfOperations(listed, console.paint)) console.line(line);
    const rest = more ? ' There are more: narrow the search, or raise --limit.' : '';
    console.line(listed.length === 0 ? 'No operations.' : `${count(listed.length, 'operation')}.${rest}`);
  }
}

function byLastAction(a: Operation, b: Operation): number {
  return a.lastActionDateTime < b.lastActionDateTime
    ? 1
    : a.lastActionDateTime > b.lastActionDateTime
      ? -1
      : 0;
}

function nameOf({ connectionId, groupId, id }: Operation): string {
  return `${printable(`${connectionId}/${groupId}`)}  ${id}`;
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** A time, or an age: `2026-11-30`, `2026-11-30T03:00Z`, `90m`. */
function readSince(text: string, now: number): string {
  const [, digits = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const seconds = Number(digits) * (unitSeconds[unit] ?? Number.NaN);
  const time =
    digits === '' ? (/^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN) : now - seconds * 1000;
  if (Number.isNaN(time) || Math.abs(time) > 8e15)
    throw usageFailure('--since takes an age (30m, 2h, 7d) or a time (2026-11-30T03:00Z).');
  return new Date(time).toISOString();
}
