import { createFaultList } from '../../../src/groups/fault-list.ts';
import { propertiesOf } from '../../../src/groups/group-properties.ts';
import type { ValidationFault } from '../../../src/groups/validation.ts';
import type { ChangeReader, RouteInput } from '../../../src/ledger/change-reader.ts';
import { tooLarge } from '../../../src/ledger/to-change.ts';
import { finish } from '../../../src/shared/steps.ts';
import { readCsv } from './csv.ts';
import { type FileFault, type FileGroup, type GroupEntry, groupKey } from './desired-group.ts';
import { readNdjson } from './ndjson.ts';

interface ReadFileOptions {
  readonly format: 'csv' | 'ndjson';
  /** The connection of lines that do not name one. */
  readonly connection: string | undefined;
  readonly readChange: ChangeReader['fromRoute'];
}

interface GroupsFile {
  readonly groups: readonly FileGroup[];
  readonly faults: readonly FileFault[];
}

/** Reads a file of groups and checks every line by the rules of the adapter's own routes. */
export async function readGroupsFile(
  chunks: AsyncIterable<Buffer>,
  { format, connection, readChange }: ReadFileOptions,
): Promise<GroupsFile> {
  const groups = new Map<string, FileGroup>();
  const faults: FileFault[] = [];
  for await (const read of format === 'csv' ? readCsv(chunks) : readNdjson(chunks)) {
    if ('fault' in read) {
      faults.push(read.fault);
      continue;
    }
    const { entry } = read;
    const checked = check({ ...entry, connectionId: entry.connectionId ?? connection }, readChange);
    if ('faults' in checked) {
      faults.push(...checked.faults);
      continue;
    }
    const key = groupKey(checked.group);
    if (groups.has(key))
      faults.push({
        line: entry.line,
        pointer: '/id',
        detail: 'names a group that an earlier line names',
      });
    else groups.set(key, checked.group);
  }
  return { groups: [...groups.values()], faults };
}

function check(
  { line, connectionId, id, declared, properties, members, memberLines }: GroupEntry,
  readChange: ChangeReader['fromRoute'],
): { readonly group: FileGroup } | { readonly faults: readonly FileFault[] } {
  const list = createFaultList();
  const about = { connectionId, groupId: id };
  const wrong = judgeDeclared(declared, { properties, members });
  if (wrong !== null) return { faults: [{ line, ...wrong }] };
  const put: RouteInput = { kind: 'put-group', ...about, body: properties };
  const group = finish(readChange(put, list));
  // The ids are checked with the group; checking them twice would report errors twice.
  const ofMembers = createFaultList();
  const listed =
    members === null
      ? null
      : finish(readChange({ kind: 'put-members', ...about, body: { members } }, ofMembers));
  const faults = [...list.listed(), ...ofMembers.listed().filter((fault) => fault.in === 'body')];
  const isBad = faults.length > 0 || group?.kind !== 'put-group' || (members !== null && listed === null);
  if (isBad) return { faults: faults.map((fault) => place(fault, lineOf(fault.pointer), about)) };
  const excess = [group, listed].flatMap((change) => (change === null ? [] : (tooLarge(change) ?? [])));
  if (excess.length > 0) return { faults: excess.map(({ detail }) => ({ line, pointer: '', detail })) };
  return {
    group: {
      connectionId: group.connectionId,
      id: group.groupId,
      isDeclared: declared !== 'members',
      ...propertiesOf(group),
      members:
        listed?.kind === 'put-members'
          ? listed.members.map(({ at = '', ...member }) => ({
              ...member,
              line: lineOf(at),
              pointer: memberLines === undefined ? at : '',
            }))
          : null,
    },
  };

  /** In a file with a line for each member, its own. */
  function lineOf(pointer: string): number {
    const [, index] = /^\/members\/(\d+)/.exec(pointer) ?? [];
    return index === undefined ? line : (memberLines?.[Number(index)] ?? line);
  }
}

/** What is wrong with `declared`, or with what stands beside it. */
function judgeDeclared(
  declared: unknown,
  { properties, members }: Pick<GroupEntry, 'properties' | 'members'>,
): Omit<FileFault, 'line'> | null {
  const isWord = declared === undefined || declared === null || declared === 'group';
  if (isWord) return null;
  if (declared !== 'members') return { pointer: '/declared', detail: 'must be group or members' };
  const isNamed = Object.values(properties).some((value) => value !== null);
  if (isNamed) return { pointer: '/declared', detail: 'must not be members if the group has properties' };
  return members === null ? { pointer: '/members', detail: 'is required if declared is members' } : null;
}

function place(
  { in: where, pointer, detail }: ValidationFault,
  line: number,
  { connectionId, groupId }: { readonly connectionId: unknown; readonly groupId: unknown },
): FileFault {
  if (where === 'path' && pointer === '/connectionId' && connectionId === undefined)
    return { line, pointer, detail: 'is missing: name it in the line, or use --connection for all lines' };
  const named = where === 'path' && pointer === '/groupId' ? '/id' : pointer;
  return { line, pointer: named, detail: groupId === undefined && named === '/id' ? 'is required' : detail };
}
