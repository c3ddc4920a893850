import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import type { NameKind } from '../../../src/groups/member-name.ts';
import { decodeUtf8, NotUtf8, recogniseDelimiter } from './csv-text.ts';
import type { FileFault, GroupEntry } from './desired-group.ts';
import { fromCell } from './spreadsheet-text.ts';

/**
 * The columns in the order of an export; `declared` is `members` if the group itself was never declared; `state` is for
 * information and is not read.
 */
export const csvColumns = [
  'connectionId',
  'groupId',
  'displayName',
  'description',
  'memberType',
  'memberId',
  'declared',
  'state',
] as const;

/** Columns that are read besides, each a name by which a user is looked up. */
const nameColumns = {
  memberUpn: 'upn',
  memberMail: 'mail',
  memberEmployeeId: 'employeeId',
  memberSid: 'sid',
} as const satisfies Record<string, NameKind>;

const memberColumns = ['memberId', ...Object.keys(nameColumns)];
const readColumns = [...csvColumns, ...Object.keys(nameColumns)];

type Row = Partial<Record<(typeof csvColumns)[number] | keyof typeof nameColumns, string>>;

interface Collected {
  readonly line: number;
  readonly connectionId: string | undefined;
  readonly groupId: string;
  displayName: string;
  description: string;
  declared: string;
  readonly members: object[];
  readonly memberLines: number[];
}

/**
 * Groups from CSV with a header, one member per line: `groupId`, and any of the other columns. The lines of a group need
 * not be adjacent, so all of them are held in memory. A line without a member only names the group. A file without the
 * column `memberId` or one of {@link nameColumns} leaves members unchanged. Columns are separated by commas or by semicolons.
 */
export async function* readCsv(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<{ readonly entry: GroupEntry } | { readonly fault: FileFault }> {
  const known: ReadonlySet<string> = new Set(readColumns);
  let header: readonly string[] = [];
  const groups = new Map<string, Collected>();
  try {
    const { delimiter, chunks: texts } = await recogniseDelimiter(decodeUtf8(chunks));
    const columns = (names: string[]) => {
      header = names;
      return names;
    };
    const parser = parse({ delimiter, trim: true, skip_empty_lines: true, info: true, columns });
    const source = Readable.from(texts).on('error', (fault) => void parser.destroy(fault));
    const rows: unknown = source.pipe(parser);
    for await (const { record, info } of rows as AsyncIterable<{ record: Row; info: { lines: number } }>) {
      const unknown = header.filter((name) => !known.has(name));
      if (unknown.length > 0 || !header.includes('groupId')) {
        yield { fault: { line: 1, pointer: '', detail: describeHeader(unknown) } };
        return;
      }
      const fault = collect(groups, record, info.lines);
      if (fault !== null) yield { fault };
    }
  } catch (thrown) {
    yield { fault: faultOf(thrown) };
    return;
  }
  const hasMembers = memberColumns.some((name) => header.includes(name));
  for (const {
    line,
    connectionId,
    groupId,
    displayName,
    description,
    declared,
    members,
    memberLines,
  } of groups.values()) {
    const properties = { displayName: fromCell(displayName), description: fromCell(description) };
    const about = { line, connectionId, id: groupId, declared: fromCell(declared) };
    yield { entry: { ...about, properties, members: hasMembers ? members : null, memberLines } };
  }
}

function collect(groups: Map<string, Collected>, row: Row, line: number): FileFault | null {
  const { displayName = '', description = '', declared = '' } = row;
  const [connectionId, groupId] = [fromCell(row.connectionId ?? ''), fromCell(row.groupId ?? '') ?? ''];
  const key = `${connectionId ?? ''}/${groupId}`;
  let group = groups.get(key);
  if (group === undefined) {
    const about = { line, connectionId: connectionId ?? undefined, groupId };
    group = { ...about, displayName, description, declared, members: [], memberLines: [] };
    groups.set(key, group);
  }
  for (const name of ['displayName', 'description', 'declared'] as const) {
    const value = row[name] ?? '';
    if (group[name] === '') group[name] = value;
    else if (value !== '' && value !== group[name])
      return { line, pointer: `/${name}`, detail: `differs from line ${group.line} of the same group` };
  }
  const [type, member] = [fromCell(row.memberType ?? ''), memberIn(row)];
  if (Object.keys(member).length > 0) {
    group.members.push({ type: type ?? 'user', ...member });
    group.memberLines.push(line);
  } else if (type !== null) return { line, pointer: '/memberId', detail: 'is required with memberType' };
  return null;
}

/** The id and the names of a line, those that it has. */
function memberIn(row: Row): object {
  const id = fromCell(row.memberId ?? '');
  const names = Object.entries(nameColumns).flatMap(([column, kind]) => {
    const value = fromCell(row[column as keyof typeof nameColumns] ?? '');
    return value === null ? [] : [[kind, value] as const];
  });
  return { ...(id === null ? {} : { id }), ...Object.fromEntries(names) };
}

function faultOf(thrown: unknown): FileFault {
  if (thrown instanceof NotUtf8)
    return { line: 0, pointer: '', detail: 'is not UTF-8: save it as "CSV UTF-8"' };
  if (!(thrown instanceof CsvError)) throw thrown;
  const line = 'lines' in thrown && typeof thrown.lines === 'number' ? thrown.lines : 0;
  return { line, pointer: '', detail: `is not CSV: ${thrown.message.split('\n', 1)[0]}` };
}

function describeHeader(unknown: readonly string[]): string {
  const columns = readColumns.join(', ');
  return unknown.length === 0
    ? `has no column groupId; the first line names the columns: ${columns}`
    : `names unknown columns (${unknown.slice(0, 5).join(', ')}); known are ${columns}`;
}
