import type { GroupRecord, MemberRecord } from '../../../src/ledger/core/group-record.ts';
import type { Context } from '../../context.ts';
import { type ExitCode, exitCodes, Failure } from '../../failure.ts';
import { findOperatorGraph } from '../../graph/find-operator-graph.ts';
import { lookUpOne } from '../../graph/look-up-names.ts';
import { namesOfUsers } from '../../graph/names-of-users.ts';
import { describeGroup, tableOfGroups, tableOfMembers, tableOfMemberships } from '../../groups/format.ts';
import { findMemberships } from '../../groups/membership.ts';
import { type AdapterOptions, openLedger } from '../../groups/open-ledger.ts';
import { readMember } from '../../groups/read-member.ts';
import { count } from '../../terminal/printable.ts';

export interface GroupOptions extends AdapterOptions {
  readonly connection: string;
}

export interface ListOptions extends GroupOptions {
  readonly state?: string;
}

export interface ListGroupsOptions extends ListOptions {
  /** Only groups that this one is in: an id, or a name. */
  readonly member?: string;
}

export interface ListMembersOptions extends ListOptions {
  /** With the names of users. */
  readonly names?: boolean;
}

/** `groups list`: the declared groups of a connection, or those that somebody is in. */
export async function listGroups(options: ListGroupsOptions, context: Context): Promise<ExitCode> {
  const { console } = context;
  const { ledger } = openLedger(options, context);
  if (options.member !== undefined) return listMemberships(options.member, options, context);
  const groups: GroupRecord[] = [];
  for await (const record of ledger.listGroups(options.connection, options.state)) {
    if (context.interrupted.aborted) return reportInterrupted(count(groups.length, 'group'), context);
    groups.push(record);
  }
  groups.sort((a, b) => (a.id < b.id ? -1 : 1));
  await console.document({ groups });
  for (const line of tableOfGroups(groups, console.paint)) console.line(line);
  console.line(groups.length === 0 ? 'No declared groups.' : `${count(groups.length, 'group')}.`);
  return exitCodes.ok;
}

/** Every group's members are read: Graph lists neither groups nor members. */
async function listMemberships(
  asked: string,
  options: ListGroupsOptions,
  context: Context,
): Promise<ExitCode> {
  const { console, interrupted } = context;
  const { ledger } = openLedger(options, context);
  const who = readMember(asked);
  const id =
    'id' in who ? who.id : await lookUpOne(await findOperatorGraph(options, context), who.names, interrupted);
  async function* withMembers() {
    for await (const group of ledger.listGroups(options.connection, options.state)) {
      if (interrupted.aborted) throw new Failure('Interrupted: not all groups were read.');
      yield { group, members: group.deleted ? [] : ledger.listMembers(group) };
    }
  }
  const memberships = await findMemberships(id, withMembers());
  await console.document({
    memberId: id,
    groups: memberships.map(({ group, via, state }) => ({ ...group, membership: { via, state } })),
  });
  for (const line of tableOfMemberships(memberships, console.paint)) console.line(line);
  console.line(
    memberships.length === 0 ? 'In no declared group.' : `In ${count(memberships.length, 'group')}.`,
  );
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
export async function listMembers(
  id: string,
  options: ListMembersOptions,
  context: Context,
): Promise<ExitCode> {
  const { console } = context;
  await readDeclared(id, options, context);
  const { ledger } = openLedger(options, context);
  const members: MemberRecord[] = [];
  for await (const member of ledger.listMembers({ connectionId: options.connection, id }, options.state)) {
    if (context.interrupted.aborted) return reportInterrupted(count(members.length, 'member'), context);
    members.push(member);
  }
  members.sort((a, b) => (`${a.type} ${a.id}` < `${b.type} ${b.id}` ? -1 : 1));
  const names = options.names === true ? await namesOf(members, options, context) : null;
  const named = members.map((member) => ({ ...member, ...nameOf(member, names) }));
  await console.document({ members: named });
  for (const line of tableOfMembers(named, console.paint)) console.line(line);
  console.line(members.length === 0 ? 'No members.' : `${count(members.length, 'member')}.`);
  return exitCodes.ok;
}

/** By the operator's own sign-in. */
async function namesOf(members: readonly MemberRecord[], options: GroupOptions, context: Context) {
  const ids = members.filter(({ type }) => type === 'user').map(({ id }) => id);
  if (ids.length === 0) return new Map<string, string>();
  return namesOfUsers(await findOperatorGraph(options, context), ids, context.interrupted);
}

function nameOf({ type, id }: MemberRecord, names: ReadonlyMap<string, string> | null) {
  return names === null || type !== 'user' ? {} : { name: names.get(id.toLowerCase()) ?? null };
}

function reportInterrupted(read: string, { console }: Context): ExitCode {
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
