import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import type { FileFault, GroupEntry } from './desired-group.ts';

/** The columns in the order of an export; `state` is for information and is not read. */
export const csvColumns = [
  'connectionId',
  'groupId',
  'displayName',
  'description',
  'memberType',
  'memberId',
  'state',
] as const;

type Row = Partial<Record<(typeof csvColumns)[number], string>>;

interface Collected {
  readonly line: number;
  readonly connectionId: string | undefined;
  readonly groupId: string;
  displayName: string;
  description: string;
  readonly members: { readonly type: string; readonly id: string }[];
}

/**
 * Groups from CSV with a header, one member per line: `groupId`, and any of the other columns. The lines of a group need
 * not be adjacent, so all of them are held in memory. A line without a member only names the group. A file without the
 * column `memberId` leaves members unchanged.
 */
export async function* readCsv(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<{ readonly entry: GroupEntry } | { readonly fault: FileFault }> {
  const known: ReadonlySet<string> = new Set(csvColumns);
  let header: readonly string[] = [];
  const parser = Readable.from(chunks).pipe(
    parse({
      bom: true,
      trim: true,
      skip_empty_lines: true,
      info: true,
      columns: (names: string[]) => {
        header = names;
        return names;
      },
    }),
  );
  const groups = new Map<string, Collected>();
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: Row; info: { lines: number } }>) {
      const unknown = header.filter((name) => !known.has(name));
      if (unknown.length > 0 || !header.includes('groupId')) {
        yield { fault: { line: 1, pointer: '', detail: describeHeader(unknown) } };
        return;
      }
      const fault = collect(groups, record, info.lines);
      if (fault !== null) yield { fault };
    }
  } catch (thrown) {
    if (!(thrown instanceof CsvError)) throw thrown;
    const line = 'lines' in thrown && typeof thrown.lines === 'number' ? thrown.lines : 0;
    yield { fault: { line, pointer: '', detail: `is not CSV: ${thrown.message.split('\n', 1)[0]}` } };
    return;
  }
  const hasMembers = header.includes('memberId');
  for (const { line, connectionId, groupId, displayName, description, members } of groups.values()) {
    const properties = { displayName: displayName || null, description: description || null };
    yield { entry: { line, connectionId, id: groupId, properties, members: hasMembers ? members : null } };
  }
}

function collect(groups: Map<string, Collected>, row: Row, line: number): FileFault | null {
  const { connectionId, groupId = '', displayName = '', description = '' } = row;
  const key = `${connectionId ?? ''}/${groupId}`;
  let group = groups.get(key);
  if (group === undefined) {
    group = { line, connectionId: connectionId || undefined, groupId, displayName, description, members: [] };
    groups.set(key, group);
  }
  for (const name of ['displayName', 'description'] as const) {
    const value = row[name] ?? '';
    if (group[name] === '') group[name] = value;
    else if (value !== '' && value !== group[name])
      return { line, pointer: `/${name}`, detail: `differs from line ${group.line} of the same group` };
  }
  const { memberType = '', memberId = '' } = row;
  if (memberId !== '') group.members.push({ type: memberType || 'user', id: memberId });
  else if (memberType !== '') return { line, pointer: '/memberId', detail: 'is required with memberType' };
  return null;
}

function describeHeader(unknown: readonly string[]): string {
  const columns = csvColumns.join(', ');
  return unknown.length === 0
    ? `has no column groupId; the first line names the columns: ${columns}`
    : `names unknown columns (${unknown.slice(0, 5).join(', ')}); known are ${columns}`;
}
