import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import type { GroupRecord } from '../../../src/ledger/core/group-record.ts';
import type { Context } from '../../context.ts';
import { type ExitCode, exitCodes, Failure } from '../../failure.ts';
import { csvColumns } from '../../groups/file/csv.ts';
import type { LedgerClient } from '../../groups/ledger-client.ts';
import { openLedger } from '../../groups/open-ledger.ts';
import { count } from '../../terminal/printable.ts';
import type { ListOptions } from './read-groups.ts';

export interface ExportOptions extends ListOptions {
  readonly format: 'csv' | 'ndjson';
  /** Absent: stdout. */
  readonly output?: string;
}

/**
 * `groups export`: groups and their declared members, in a form that `groups apply` accepts. Deleted groups and members
 * to be removed are left out. Written as it is read, so memory use stays constant.
 */
export async function exportGroups(options: ExportOptions, context: Context): Promise<ExitCode> {
  const { ledger } = openLedger(options, context);
  const written = { groups: 0, members: 0 };
  const rows = Readable.from(options.format === 'csv' ? csvRows() : lines());
  const target = options.output === undefined ? process.stdout : createWriteStream(options.output);
  const end = { end: options.output !== undefined };
  if (options.format === 'csv')
    await pipeline(rows, stringify({ header: true, columns: [...csvColumns] }), target, end);
  else await pipeline(rows, target, end);
  if (context.interrupted.aborted) throw new Failure('Interrupted: the export is not complete.');
  context.console.note(`${count(written.groups, 'group')}, ${count(written.members, 'member')}.`);
  return exitCodes.ok;

  async function* groups(): AsyncGenerator<GroupRecord> {
    for await (const record of ledger.listGroups(options.connection, options.state)) {
      if (context.interrupted.aborted) return;
      if (record.deleted) continue;
      written.groups += 1;
      yield record;
    }
  }

  async function* csvRows() {
    for await (const record of groups()) {
      const { connectionId, id: groupId, displayName, description } = record;
      const group = { connectionId, groupId, displayName, description };
      let isEmpty = true;
      for await (const { type, id, state } of wantedMembers(ledger, record)) {
        isEmpty = false;
        written.members += 1;
        yield { ...group, memberType: type, memberId: id, state };
      }
      if (isEmpty) yield { ...group, state: record.state };
    }
  }

  async function* lines() {
    for await (const record of groups()) {
      const { connectionId, id, displayName, description } = record;
      const members = [];
      for await (const member of wantedMembers(ledger, record))
        members.push({ type: member.type, id: member.id });
      written.members += members.length;
      yield `${JSON.stringify({ connectionId, id, displayName, description, members })}\n`;
    }
  }
}

async function* wantedMembers(ledger: LedgerClient, { connectionId, id }: GroupRecord) {
  for await (const member of ledger.listMembers({ connectionId, id })) if (member.wanted) yield member;
}
