import type { GroupRecord, MemberRecord, RecordState } from '../../src/ledger/core/group-record.ts';
import type { ProblemDetails } from '../../src/problems/problem.ts';
import type { Paint } from '../terminal/paint.ts';
import { printable, shortTime } from '../terminal/printable.ts';
import { tableOf } from '../terminal/table.ts';
import type { Membership } from './membership.ts';

const colours = { applied: 'green', applying: 'yellow', failed: 'red' } as const;

function paintState(state: RecordState, paint: Paint): (text: string) => string {
  return paint[colours[state]];
}

export function codeOf(error: ProblemDetails | undefined): string {
  return printable(error?.type?.replace('urn:problem-type:', '') ?? '');
}

/** Records as a table, one per line. */
export function tableOfGroups(records: readonly GroupRecord[], paint: Paint): string[] {
  const numbers = (state: RecordState) => (record: GroupRecord) => shown(record.members[state]);
  return tableOf<GroupRecord>(
    [
      { head: 'GROUP', text: ({ id }) => printable(id), paint: () => paint.bold },
      {
        head: 'STATE',
        text: ({ state, deleted }) => (deleted ? `${state}, deleted` : state),
        paint: ({ state }) => paintState(state, paint),
      },
      { head: 'MEMBERS', text: numbers('applied'), align: 'right' },
      { head: 'APPLYING', text: numbers('applying'), align: 'right' },
      { head: 'FAILED', text: numbers('failed'), align: 'right' },
      {
        head: 'CHANGED',
        text: ({ lastChangedDateTime }) => shortTime(lastChangedDateTime),
        paint: () => paint.dim,
      },
      { head: 'WHY', text: ({ error }) => codeOf(error), paint: () => paint.red },
    ],
    records,
    paint.dim,
  );
}

/** The groups that somebody is in as a table, one per line. */
export function tableOfMemberships(memberships: readonly Membership[], paint: Paint): string[] {
  return tableOf<Membership>(
    [
      { head: 'GROUP', text: ({ group }) => printable(group.id), paint: () => paint.bold },
      { head: 'HOW', text: ({ via }) => (via === null ? 'directly' : `through ${printable(via)}`) },
      { head: 'STATE', text: ({ state }) => state, paint: ({ state }) => paintState(state, paint) },
      { head: 'NAME', text: ({ group }) => printable(group.displayName ?? '', 60) },
    ],
    memberships,
    paint.dim,
  );
}

/** A member with the name of the user, if it was asked for; null: the directory has no such user. */
type NamedMember = MemberRecord & { readonly name?: string | null };

/** Members as a table, one per line. */
export function tableOfMembers(members: readonly NamedMember[], paint: Paint): string[] {
  const isNamed = members.some(({ name }) => name !== undefined);
  return tableOf<NamedMember>(
    [
      { head: 'TYPE', text: ({ type }) => type },
      { head: 'ID', text: ({ id }) => printable(id), paint: () => paint.bold },
      ...(isNamed
        ? [
            {
              head: 'NAME',
              text: ({ name }: NamedMember) => printable(name === null ? 'unknown' : (name ?? ''), 80),
            },
          ]
        : []),
      { head: 'SHALL BE', text: ({ wanted }) => (wanted ? 'member' : 'gone') },
      { head: 'STATE', text: ({ state }) => state, paint: ({ state }) => paintState(state, paint) },
      { head: 'WHY', text: ({ error }) => codeOf(error), paint: () => paint.red },
    ],
    members,
    paint.dim,
  );
}

/** One record in full. */
export function describeGroup(record: GroupRecord, paint: Paint): string[] {
  const { connectionId, id, displayName, description, deleted, state, members, error } = record;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['state', `${paintState(state, paint)(state)}${deleted ? ' (should not exist)' : ''}`],
    ['display name', displayName === null ? undefined : printable(displayName, 200)],
    ['description', description === null ? undefined : printable(description, 200)],
    [
      'members',
      `${shown(members.applied)} applied, ${shown(members.applying)} applying, ${shown(members.failed)} failed`,
    ],
    ['sequence', record.sequence === undefined ? undefined : String(record.sequence)],
    ['last changed', shortTime(record.lastChangedDateTime)],
    ['last applied', record.lastAppliedDateTime && shortTime(record.lastAppliedDateTime)],
    ['next attempt', record.nextAttemptDateTime && shortTime(record.nextAttemptDateTime)],
    ['why', error === undefined ? undefined : `${paint.red(codeOf(error))}  ${printable(error.detail, 400)}`],
  ];
  const known = facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
  return [
    paint.bold(printable(`${connectionId}/${id}`)),
    ...known.map(([name, value]) => `  ${paint.dim(name.padEnd(12))}  ${value}`),
  ];
}

function shown(number: number): string {
  return number.toLocaleString('en');
}
