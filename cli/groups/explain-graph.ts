import { groupPath } from '../../src/graph/group-url.ts';
import { member } from '../../src/graph/transport/read-response.ts';
import { eachProperty, groupPropertyNames } from '../../src/groups/group-properties.ts';
import type { GroupRecord } from '../../src/ledger/core/group-record.ts';
import { describeReply, type OperatorGraph, type Reply } from '../graph/operator-graph.ts';
import { commandFor, type Step } from './explain.ts';
import type { GroupName } from './file/desired-group.ts';

const titles = {
  'graph-connection': 'Graph shows the connection',
  'graph-group': 'Graph shows the group as declared',
} as const;

/** What the ledger has; `isDeclared` is about the group itself: false where only members were declared. */
interface InLedger {
  readonly record: GroupRecord | null;
  readonly isDeclared: boolean | null;
}

type GraphStepId = keyof typeof titles;

/**
 * What Graph itself shows of a connection and a group to the operator's sign-in, compared with the record. Steps that
 * the sign-in does not permit are skipped; never rejects.
 */
export async function explainGraph(
  graph: OperatorGraph,
  { connectionId, id }: GroupName,
  inLedger: InLedger,
): Promise<readonly Step[]> {
  const connection = await graph.call('GET', `/external/connections/${encodeURIComponent(connectionId)}`);
  if (connection.kind === 'not-signed-in') return skipGraph(connection.why);
  const first = describeConnection(connection);
  if (first.status === 'failed') return [first, toStep('graph-group', 'skipped', 'There is no connection.')];
  return [first, describeGroup(await graph.call('GET', groupPath(connectionId, id)), inLedger)];
}

/** Both steps if Graph cannot be asked at all. */
export function skipGraph(why: string): readonly Step[] {
  return [toStep('graph-connection', 'skipped', why), toStep('graph-group', 'skipped', why)];
}

function toStep(id: GraphStepId, status: Step['status'], seen: string, fix?: string): Step {
  return { id, title: titles[id], status, seen, ...(fix === undefined ? {} : { fix }) };
}

function describeConnection(reply: Reply): Step {
  const id = 'graph-connection';
  if (isStatus(reply, 200)) {
    const state = textOf(reply, 'state');
    return toStep(id, 'passed', `It is there${state === null ? '' : `, ${state}`}.`);
  }
  if (isStatus(reply, 404))
    return toStep(
      id,
      'failed',
      'There is none, or it belongs to another app than this sign-in.',
      'Check the id of the connection, and sign in as the app that created it.',
    );
  return notShown(id, reply);
}

function describeGroup(reply: Reply, { record, isDeclared }: InLedger): Step {
  const id = 'graph-group';
  if (isStatus(reply, 404)) return describeAbsent(record, isDeclared);
  if (!isStatus(reply, 200)) return notShown(id, reply);
  const found = eachProperty((name) => textOf(reply, name));
  const shown = groupPropertyNames.map((name) => `${name} ${quote(found[name])}`).join(', ');
  if (record === null) return toStep(id, 'unknown', `Graph has it: ${shown}. Nobody has declared it here.`);
  const differs = record.state === 'applying' ? 'waiting' : 'failed';
  if (record.deleted)
    return toStep(
      id,
      differs,
      `Graph still has it: ${shown}.`,
      differs === 'failed' ? reassertFix(record) : undefined,
    );
  const different = groupPropertyNames.filter((name) => found[name] !== record[name]);
  if (isDeclared !== true || different.length === 0) return toStep(id, 'passed', `It is there: ${shown}.`);
  const declared = different.map((name) => `${name} ${quote(record[name])}`).join(', ');
  return toStep(
    id,
    differs,
    `Graph has ${shown}; declared is ${declared}.`,
    differs === 'failed' ? verifyFix(record) : undefined,
  );
}

function describeAbsent(record: GroupRecord | null, isDeclared: boolean | null): Step {
  const id = 'graph-group';
  if (record === null)
    return toStep(id, 'unknown', 'Graph has no such group, and nobody has declared it here.');
  if (record.deleted) return toStep(id, 'passed', 'It is gone, as declared.');
  if (isDeclared === false)
    return toStep(id, 'failed', 'Graph has no such group. Nobody has declared it, only its members.');
  const differs = record.state === 'applying' ? 'waiting' : 'failed';
  return toStep(
    id,
    differs,
    'Graph has no such group.',
    differs === 'failed' ? verifyFix(record) : undefined,
  );
}

function verifyFix({ connectionId }: GroupRecord): string {
  return `Repair it with: external-groups groups verify --connection ${connectionId}`;
}

function reassertFix(record: GroupRecord): string {
  return `Write everything recorded again: ${commandFor(record, 'reassert')}`;
}

/** Neither a refusal nor an error says anything about what exists. */
function notShown(id: GraphStepId, reply: Reply): Step {
  const isRefused = isStatus(reply, 401) || isStatus(reply, 403);
  const seen = describeReply(reply);
  return isRefused
    ? toStep(id, 'skipped', `This sign-in may not read it: ${seen}.`)
    : toStep(id, 'unknown', `${seen}.`);
}

function isStatus(reply: Reply, status: number): boolean {
  return reply.kind === 'answer' && reply.status === status;
}

function textOf(reply: Reply, name: string): string | null {
  const value = reply.kind === 'answer' ? member(reply.body, name) : null;
  return typeof value === 'string' ? value : null;
}

function quote(text: string | null): string {
  return text === null ? 'none' : JSON.stringify(text);
}
