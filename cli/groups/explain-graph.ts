import { groupPath } from '../../src/graph/group-url.ts';
import { member } from '../../src/graph/transport/read-answer.ts';
import type { GroupRecord } from '../../src/ledger/core/group-record.ts';
import { describeReply, type OperatorGraph, type Reply } from '../graph/operator-graph.ts';
import type { Step } from './explain.ts';
import type { GroupName } from './file/desired-group.ts';

const titles = {
  'graph-connection': 'Graph shows the connection',
  'graph-group': 'Graph has the group as declared',
} as const;

type GraphStepId = keyof typeof titles;

/**
 * What Graph itself shows of a connection and a group to the operator's sign-in, compared with the record. Steps that
 * the sign-in does not permit are skipped; never rejects.
 */
export async function explainGraph(
  graph: OperatorGraph,
  { connectionId, id }: GroupName,
  record: GroupRecord | null,
): Promise<readonly Step[]> {
  const connection = await graph.call('GET', `/external/connections/${encodeURIComponent(connectionId)}`);
  if (connection.kind === 'not-signed-in') return skipGraph(connection.why);
  const first = describeConnection(connection);
  if (first.status === 'failed') return [first, toStep('graph-group', 'skipped', 'There is no connection.')];
  return [first, describeGroup(await graph.call('GET', groupPath(connectionId, id)), record)];
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

function describeGroup(reply: Reply, record: GroupRecord | null): Step {
  const id = 'graph-group';
  const shallExist = record !== null && !record.deleted;
  const differs = record?.state === 'applying' ? 'waiting' : 'failed';
  const fix = differs === 'waiting' ? undefined : 'Repair it with: external-groups groups verify.';
  if (isStatus(reply, 404)) {
    if (record === null) return toStep(id, 'unknown', 'Graph has no such group, and none is declared here.');
    if (!shallExist) return toStep(id, 'passed', 'It is gone, as declared.');
    return toStep(id, differs, 'Graph says that there is no such group.', fix);
  }
  if (!isStatus(reply, 200)) return notShown(id, reply);
  const found = { displayName: textOf(reply, 'displayName'), description: textOf(reply, 'description') };
  const shown = `displayName ${quote(found.displayName)}, description ${quote(found.description)}`;
  if (record === null) return toStep(id, 'unknown', `Graph has it: ${shown}. It is not declared here.`);
  if (!shallExist) return toStep(id, differs, `Graph still has it: ${shown}.`, fix && retryFix);
  const different = (['displayName', 'description'] as const).filter((name) => found[name] !== record[name]);
  if (different.length === 0) return toStep(id, 'passed', `It is there: ${shown}.`);
  const declared = different.map((name) => `${name} ${quote(record[name])}`).join(', ');
  return toStep(id, differs, `Graph has ${shown}; declared is ${declared}.`, fix);
}

const retryFix = 'Write everything recorded again: external-groups groups reassert ID.';

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
