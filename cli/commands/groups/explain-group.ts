import type { MemberRecord } from '../../../src/ledger/core/group-record.ts';
import type { Context } from '../../context.ts';
import { type ExitCode, exitCodes, Failure } from '../../failure.ts';
import { findGraph, type GraphOptions } from '../../graph/graph-target.ts';
import { createOperatorGraph } from '../../graph/operator-graph.ts';
import { explain, type Step } from '../../groups/explain.ts';
import { explainGraph, skipGraph } from '../../groups/explain-graph.ts';
import { isGroupDeclared } from '../../groups/is-group-declared.ts';
import { openLedger } from '../../groups/open-ledger.ts';
import type { Paint } from '../../terminal/paint.ts';
import { printable } from '../../terminal/printable.ts';
import type { GroupOptions } from './read-groups.ts';

export type ExplainOptions = GroupOptions & GraphOptions;

/** Members that an explanation includes; their codes usually explain the rest. */
const maxMembers = 1_000;

/** `groups explain`: the state of a group in Graph and in the ledger; ends with 0 only if everything is as declared. */
export async function explainGroup(id: string, options: ExplainOptions, context: Context): Promise<ExitCode> {
  const { console, now } = context;
  const { ledger, target } = openLedger(options, context);
  const { connection: connectionId } = options;
  const record = await ledger.readGroup({ connectionId, id });
  const adapter: Step = {
    id: 'adapter',
    title: 'The adapter answers and accepts the key',
    status: 'passed',
    seen: target.url,
  };
  const isDeclared = record === null ? false : await isGroupDeclared(ledger, record);
  const inGraph = await lookInGraph();
  const steps =
    record === null
      ? [adapter, ...inGraph, undeclared]
      : [
          adapter,
          ...inGraph,
          ...explain(record, { isDeclared, refused: await refusedMembers(record), now: now() }),
        ];
  await console.document({ connectionId, groupId: id, record, steps });
  for (const line of describeSteps(steps, console.paint)) console.line(line);
  const isWaiting = steps.some(({ status }) => status === 'waiting' || status === 'unknown');
  if (steps.some(({ status }) => status === 'failed')) return exitCodes.failed;
  return isWaiting ? exitCodes.pending : exitCodes.ok;

  async function lookInGraph(): Promise<readonly Step[]> {
    try {
      const graph = createOperatorGraph(await findGraph(graphOf(options), context));
      return await explainGraph(graph, { connectionId, id }, { record, isDeclared });
    } catch (thrown) {
      if (!(thrown instanceof Failure) || thrown.exitCode !== exitCodes.failed) throw thrown;
      return skipGraph(thrown.message);
    }
  }

  async function refusedMembers({ members }: { members: { failed: number } }): Promise<MemberRecord[]> {
    const found: MemberRecord[] = [];
    if (members.failed === 0) return found;
    for await (const member of ledger.listMembers({ connectionId, id }, 'failed')) {
      found.push(member);
      if (found.length >= maxMembers) break;
    }
    return found;
  }
}

/** The local stack's adapter writes to the local stack's Graph. */
function graphOf({ url, cloud, local }: ExplainOptions): GraphOptions {
  const isLocal = local === true || (url === undefined && cloud === undefined);
  return { local: isLocal, ...(cloud === undefined ? {} : { cloud }) };
}

const undeclared: Step = {
  id: 'record',
  title: 'The group is declared',
  status: 'failed',
  seen: 'Nobody has declared it, and the ledger has nothing about it.',
  fix: 'Declare it with PUT, or with: external-groups groups apply.',
};

const marks = { passed: '✓', waiting: '…', failed: '✗', unknown: '?', skipped: '-' } as const;
const colours = {
  passed: 'green',
  waiting: 'yellow',
  failed: 'red',
  unknown: 'dim',
  skipped: 'dim',
} as const;

function describeSteps(steps: readonly Step[], paint: Paint): string[] {
  return steps.flatMap(({ title, status, seen, fix }) => [
    `${paint[colours[status]](marks[status])} ${paint.bold(title)}`,
    `    ${printable(seen, 400)}`,
    ...(fix === undefined ? [] : [`    ${paint.cyan('→')} ${fix}`]),
  ]);
}
