import type { GroupRecord, MemberRecord } from '../../../src/ledger/core/group-record.ts';
import type { Context } from '../../context.ts';
import { type ExitCode, exitCodes, Failure } from '../../failure.ts';
import { describeGroup, tableOfGroups, tableOfMembers } from '../../groups/format.ts';
import { type AdapterOptions, openLedger } from '../../groups/open-ledger.ts';
import { count } from '../../terminal/printable.ts';

export interface GroupOptions extends AdapterOptions {
  readonly connection: string;
}

export interface ListOptions extends GroupOptions {
  readonly state?: string;
}

/** `groups list`: the declared groups of a connection. */
export async function listGroups(options: ListOptions, context: Context): Promise<ExitCode> {
  const { console } = context;
  const { ledger } = openLedger(options, context);
  const groups: GroupRecord[] = [];
  for await (const record of ledger.listGroups(options.connection, options.state)) {
    if (context.interrupted.aborted) return tellInterrupted(count(groups.length, 'group'), context);
    groups.push(record);
  }
  groups.sort((a, b) => (a.id < b.id ? -1 : 1));
  await console.document({ groups });
  for (const line of tableOfGroups(groups, console.paint)) console.line(line);
  console.line(groups.length === 0 ? 'No declared groups.' : `${count(groups.length, 'group')}.`);
  return exitCodes.ok;
}

/** `groups show`: one record. */
export async function showGroup(id: string, options: GroupOptions, context: Context): Promise<ExitCode> {
  const { console } = context;
  const record = await readDeclared(id, options, context);
  await console.document(record);
  for (const line of describeGroup(record, console.paint)) console.line(line);
  return exitCodes.ok;
}

/** `groups members`: the members of a group as recorded in the ledger. */
export async function listMembers(id: string, options: ListOptions, context: Context): Promise<ExitCode> {
  const { console } = context;
  await readDeclared(id, options, context);
  const { ledger } = openLedger(options, context);
  const members: MemberRecord[] = [];
  for await (const member of ledger.listMembers({ connectionId: options.connection, id }, options.state)) {
    if (context.interrupted.aborted) return tellInterrupted(count(members.length, 'member'), context);
    members.push(member);
  }
  members.sort((a, b) => (`${a.type} ${a.id}` < `${b.type} ${b.id}` ? -1 : 1));
  await console.document({ members });
  for (const line of tableOfMembers(members, console.paint)) console.line(line);
  console.line(members.length === 0 ? 'No members.' : `${count(members.length, 'member')}.`);
  return exitCodes.ok;
}

function tellInterrupted(read: string, { console }: Context): ExitCode {
  console.note(`Interrupted: ${read} read, and nothing was changed.`);
  return exitCodes.failed;
}

async function readDeclared(id: string, options: GroupOptions, context: Context): Promise<GroupRecord> {
  const { ledger, target } = openLedger(options, context);
  const record = await ledger.readGroup({ connectionId: options.connection, id });
  if (record === null)
    throw new Failure(`The group ${options.connection}/${id} was never declared to ${target.label}.`);
  return record;
}
