import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { GroupRecord } from '../../../src/ledger/core/group-record.ts';
import type { Context } from '../../context.ts';
import { type ExitCode, exitCodes, Failure } from '../../failure.ts';
import { createCsvWriter } from '../../groups/file/csv-writer.ts';
import { toCell } from '../../groups/file/spreadsheet-text.ts';
import { writeWholeFile } from '../../groups/file/write-file.ts';
import { isGroupDeclared } from '../../groups/is-group-declared.ts';
import type { LedgerClient } from '../../groups/ledger-client.ts';
import { openLedger } from '../../groups/open-ledger.ts';
import { count } from '../../terminal/printable.ts';
import type { ListOptions } from './read-groups.ts';

export interface ExportOptions extends ListOptions {
  readonly format: 'csv' | 'ndjson';
  /** Absent: stdout. */
  readonly output?: string;
  /** `output` may be overwritten. */
  readonly force?: boolean;
}

interface Exported {
  readonly record: GroupRecord;
  readonly declared: 'group' | 'members';
}

/**
 * `groups export`: groups and their declared members, in a form that `groups apply` accepts and finds nothing to do for.
 * Deleted groups and members to be removed are left out. Written as it is read, so memory use stays constant.
 */
export async function exportGroups(options: ExportOptions, context: Context): Promise<ExitCode> {
  const { ledger } = openLedger(options, context);
  const { interrupted, console } = context;
  const written = { groups: 0, members: 0, ambiguous: 0 };
  const write = async (target: Writable, end: boolean) => {
    if (options.format === 'csv') await pipeline(csvRows(), createCsvWriter(), target, { end });
    else await pipeline(Readable.from(lines()), target, { end });
    if (interrupted.aborted) throw new Failure('Interrupted: the export is not complete.');
  };
  if (options.output === undefined) await write(process.stdout, false);
  else
    await writeWholeFile(options.output, { force: options.force === true }, (target) => write(target, true));
  if (written.ambiguous > 0)
    console.note(
      `This key does not show whether ${count(written.ambiguous, 'group')} without properties were declared themselves, or only their members; they are written as declared.`,
    );
  console.note(`${count(written.groups, 'group')}, ${count(written.members, 'member')}.`);
  return exitCodes.ok;

  async function* groups(): AsyncGenerator<Exported> {
    for await (const record of ledger.listGroups(options.connection, options.state)) {
      if (interrupted.aborted) return;
      if (record.deleted) continue;
      written.groups += 1;
      const isDeclared = await isGroupDeclared(ledger, record);
      if (isDeclared === null) written.ambiguous += 1;
      yield { record, declared: isDeclared === false ? 'members' : 'group' };
    }
  }

  async function* csvRows() {
    for await (const { record, declared } of groups()) {
      const { connectionId, id } = record;
      const [displayName, description] = [toCell(record.displayName), toCell(record.description)];
      const group = { connectionId, groupId: toCell(id), displayName, description, declared };
      let isEmpty = true;
      for await (const member of wantedMembers(ledger, record)) {
        isEmpty = false;
        written.members += 1;
        yield { ...group, memberType: member.type, memberId: toCell(member.id), state: member.state };
      }
      if (isEmpty) yield { ...group, state: record.state };
    }
  }

  async function* lines() {
    for await (const { record, declared } of groups()) {
      const { connectionId, id, displayName, description } = record;
      const members = [];
      for await (const member of wantedMembers(ledger, record))
        members.push({ type: member.type, id: member.id });
      written.members += members.length;
      const about = declared === 'members' ? { declared } : { displayName, description };
      yield `${JSON.stringify({ connectionId, id, ...about, members })}\n`;
    }
  }
}

async function* wantedMembers(ledger: LedgerClient, { connectionId, id }: GroupRecord) {
  for await (const member of ledger.listMembers({ connectionId, id })) if (member.wanted) yield member;
}
