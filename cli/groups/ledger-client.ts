import { type AllProperties, propertiesOf } from '../../src/groups/group-properties.ts';
import type { Member } from '../../src/groups/member.ts';
import type { GroupRecord, MemberRecord } from '../../src/ledger/core/group-record.ts';
import type { Plan } from '../../src/ledger/plan-change.ts';
import { Failure } from '../failure.ts';
import type { AdapterAnswer, AdapterRequest, AskAdapter } from './adapter-client.ts';
import type { GroupName } from './file/desired-group.ts';

/** The adapter's response to a dry run; the refusal is a problem document. */
export interface PlanAnswer extends Omit<Plan, 'refused'> {
  readonly refused?: { readonly code: string; readonly detail: string };
}

export type ChangeAnswer =
  | { readonly kind: 'recorded'; readonly record: GroupRecord }
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly detail: string;
      readonly record?: GroupRecord;
    };

/** What a declaration says, in the words of a message. */
export type Content =
  | { readonly group: AllProperties }
  | { readonly members: readonly Member[] }
  /** Members that it shall have besides. */
  | { readonly add: readonly Member[] }
  | { readonly delete: true };

/** One request that declares something. */
export interface Declaration {
  readonly name: GroupName;
  readonly content: Content;
  readonly sequence?: number | undefined;
  readonly removals?: number;
}

/** What is done again with what is recorded. */
export type Again = 'retry' | 'reassert';

/** The ledger through the adapter's routes. */
export interface LedgerClient {
  /** Changes are sent as signed messages, which need a sequence. */
  readonly isSigned: boolean;
  readonly readGroup: (name: GroupName) => Promise<GroupRecord | null>;
  readonly listGroups: (connectionId: string, state?: string) => AsyncGenerator<GroupRecord>;
  readonly listMembers: (name: GroupName, state?: string) => AsyncGenerator<MemberRecord>;
  readonly plan: (declaration: Declaration) => Promise<PlanAnswer>;
  readonly declare: (declaration: Declaration) => Promise<ChangeAnswer>;
  readonly again: (name: GroupName, what: Again) => Promise<ChangeAnswer>;
}

export function declareGroup(
  name: GroupName,
  properties: AllProperties,
  sequence: number | undefined,
): Declaration {
  return { name, content: { group: propertiesOf(properties) }, sequence };
}

export function declareMembers(
  name: GroupName,
  members: readonly Member[],
  sequence: number | undefined,
  removals?: number,
): Declaration {
  const counted = removals === undefined ? {} : { removals };
  return { name, content: { members }, sequence, ...counted };
}

export function addMembers(
  name: GroupName,
  members: readonly Member[],
  sequence: number | undefined,
): Declaration {
  return { name, content: { add: members }, sequence };
}

export function deleteGroup(name: GroupName, sequence: number | undefined): Declaration {
  return { name, content: { delete: true }, sequence };
}

export function createLedgerClient(ask: AskAdapter, isSigned: boolean): LedgerClient {
  const toRequest = isSigned ? toPostedChange : toRouteRequest;
  return {
    isSigned,
    readGroup: async (name) => {
      const answer = await ask({ method: 'GET', path: pathOf(name) });
      if (answer.code === 'group-not-managed') return null;
      return expectRecord(answer);
    },
    listGroups: (connectionId, state) =>
      pages(ask, `/api/connections/${encodeURIComponent(connectionId)}/groups`, 'groups', state),
    listMembers: (name, state) => pages(ask, `${pathOf(name)}/members`, 'members', state),
    plan: async (declaration) => {
      const { status, code, body } = await ask(toRequest(declaration, true));
      if (status === 200) return readPlan(body);
      const refused = { code: code ?? String(status), detail: describeProblem(body) };
      return { group: 'unchanged', members: { add: 0, remove: 0, unchanged: 0 }, refused };
    },
    declare: async (declaration) => readChange(await ask(toRequest(declaration, false))),
    again: async ({ connectionId, id: groupId }, what) =>
      readChange(
        await ask({
          method: 'POST',
          path: '/api/changes',
          body: { connectionId, groupId, [what]: true },
          prefer: 'respond-async',
        }),
      ),
  };
}

function readChange(answer: AdapterAnswer): ChangeAnswer {
  if (answer.code === null) return { kind: 'recorded', record: expectRecord(answer) };
  const { record } = answer.body;
  const detail = describeProblem(answer.body);
  return { kind: 'refused', code: answer.code, detail, ...(isRecord(record) ? { record } : {}) };
}

/** The whole declaration as a message, which a signature covers. */
function toPostedChange({ name, content, sequence, removals }: Declaration, dryRun: boolean): AdapterRequest {
  const { connectionId, id: groupId } = name;
  const body = {
    connectionId,
    groupId,
    ...(sequence === undefined ? {} : { sequence }),
    ...(removals === undefined ? {} : { removals }),
    ...(dryRun ? { dryRun } : {}),
    ...content,
  };
  return { method: 'POST', path: '/api/changes', body };
}

function toRouteRequest({ name, content, sequence, removals }: Declaration, dryRun: boolean): AdapterRequest {
  const query = new URLSearchParams({
    ...(sequence === undefined ? {} : { sequence: String(sequence) }),
    ...(removals === undefined ? {} : { removals: String(removals) }),
    ...(dryRun ? { dryRun: 'true' } : {}),
  }).toString();
  const asked = query === '' ? '' : `?${query}`;
  if ('members' in content)
    return { method: 'PUT', path: `${pathOf(name)}/members${asked}`, body: { members: content.members } };
  if ('add' in content)
    return { method: 'PATCH', path: `${pathOf(name)}/members${asked}`, body: { add: content.add } };
  if ('group' in content) return { method: 'PUT', path: `${pathOf(name)}${asked}`, body: content.group };
  return { method: 'DELETE', path: `${pathOf(name)}${asked}` };
}

function pathOf({ connectionId, id }: GroupName): string {
  return `/api/connections/${encodeURIComponent(connectionId)}/groups/${encodeURIComponent(id)}`;
}

async function* pages<T>(
  ask: AskAdapter,
  path: string,
  name: string,
  state: string | undefined,
): AsyncGenerator<T> {
  let cursor: unknown;
  do {
    const query = new URLSearchParams({
      ...(state === undefined ? {} : { state }),
      ...(typeof cursor === 'string' ? { cursor } : {}),
    }).toString();
    const answer = await ask({ method: 'GET', path: query === '' ? path : `${path}?${query}` });
    const entries = answer.body[name];
    if (answer.status !== 200 || !Array.isArray(entries)) throw failureOf(answer);
    yield* entries;
    cursor = answer.body.next;
  } while (typeof cursor === 'string');
}

function expectRecord(answer: AdapterAnswer): GroupRecord {
  if (answer.code !== null || !isRecord(answer.body)) throw failureOf(answer);
  return answer.body;
}

function isRecord(value: unknown): value is GroupRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { id, state, members }: Record<string, unknown> = { ...value };
  return typeof id === 'string' && typeof state === 'string' && typeof members === 'object';
}

function readPlan(body: Readonly<Record<string, unknown>>): PlanAnswer {
  const { group, members, refused } = body;
  if (typeof group !== 'string' || typeof members !== 'object' || members === null)
    throw new Failure('The adapter answered a dry run with something other than a plan.');
  const plan = { group, members } as Omit<PlanAnswer, 'refused'>;
  if (typeof refused !== 'object' || refused === null) return plan;
  const problem: Record<string, unknown> = { ...refused };
  const code = String(problem.type).replace('urn:problem-type:', '');
  return { ...plan, refused: { code, detail: describeProblem(problem) } };
}

/** A problem in one sentence, with its first validation errors. */
function describeProblem({ detail, errors }: Readonly<Record<string, unknown>>): string {
  const faults = Array.isArray(errors) ? errors.slice(0, 3) : [];
  const named = faults.map(
    (fault: { pointer?: unknown; detail?: unknown }) => `${fault.pointer} ${fault.detail}`,
  );
  return [typeof detail === 'string' ? detail : '', ...named].filter((part) => part !== '').join(' ');
}

export function failureOf({ code, status, body }: AdapterAnswer): Failure {
  return new Failure(
    `The adapter answers ${status}${code === null ? '' : ` ${code}`}: ${describeProblem(body)}`,
  );
}
