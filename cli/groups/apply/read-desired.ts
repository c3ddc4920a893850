import type { IdCharacters } from '../../../src/groups/external-group.ts';
import { nameKinds } from '../../../src/groups/member-name.ts';
import { createChangeReader } from '../../../src/ledger/change-reader.ts';
import type { Holder } from '../../../src/names/look-up-names.ts';
import type { Context } from '../../context.ts';
import { Failure, usageFailure } from '../../failure.ts';
import { findOperatorGraph } from '../../graph/find-operator-graph.ts';
import { lookUpNames } from '../../graph/look-up-names.ts';
import { openInput, sizeOf } from '../../send/input.ts';
import { count, printable } from '../../terminal/printable.ts';
import { startProgress } from '../../terminal/progress.ts';
import type { FileFault, FileGroup } from '../file/desired-group.ts';
import { readGroupsFile } from '../file/read-file.ts';
import { namesIn, type ResolvedFile, resolveNames } from '../file/resolve-names.ts';

export interface ReadDesiredOptions {
  /** Root of the adapter; absent: the local stack's. */
  readonly url?: string;
  readonly connection?: string;
  readonly format?: 'csv' | 'ndjson';
  readonly idCharacters: IdCharacters;
}

/** Errors in a file that are shown; the first ones usually explain the rest. */
const shownFaults = 20;

/** Reads the file, and looks up the names in it. Lines whose name stands for nobody, or for several people, are told. */
export async function readDesired(
  file: string,
  options: ReadDesiredOptions,
  context: Context,
): Promise<ResolvedFile> {
  const groups = await readFile(file, options, context);
  const resolved = resolveNames(groups, await lookUp(groups, options, context));
  await reportUnresolved(resolved.unresolved, context);
  return resolved;
}

async function readFile(
  file: string,
  options: ReadDesiredOptions,
  { console }: Context,
): Promise<readonly FileGroup[]> {
  sizeOf(file);
  const format = options.format ?? (/\.csv$/i.test(file) ? 'csv' : 'ndjson');
  const { groups, faults } = await readGroupsFile(openInput(file, process.stdin), {
    format,
    connection: options.connection,
    readChange: createChangeReader(options.idCharacters, nameKinds).fromRoute,
  });
  if (faults.length > 0 && faults.every(isMissingConnection))
    throw usageFailure(
      `No line of ${printable(file)} names its connection: use --connection; nothing was changed.`,
    );
  for (const fault of faults) await console.document({ type: 'fault', ...fault });
  for (const { line, pointer, detail } of faults.slice(0, shownFaults))
    console.note(
      `line ${line}: ${[printable(pointer), printable(detail, 200)].filter((part) => part !== '').join(' ')}`,
    );
  if (faults.length > 0)
    throw new Failure(`${count(faults.length, 'error')} in ${printable(file)}; nothing was changed.`);
  // A file that is empty by mistake must not mean "no groups": with --prune it would delete them all.
  if (groups.length === 0) throw new Failure(`${printable(file)} names no group; nothing was changed.`);
  return groups;
}

/** Names are looked up by the operator's own sign-in; a file without any asks nobody. */
async function lookUp(groups: readonly FileGroup[], options: ReadDesiredOptions, context: Context) {
  const names = namesIn(groups);
  if (names.length === 0) return new Map<string, Holder>();
  const { console, interrupted } = context;
  const bar = startProgress(console, names.length, { 'looked up': '0' });
  let done = 0;
  const progressed = (more: number) => {
    done += more;
    bar.update(done, { 'looked up': String(done) });
  };
  try {
    const graph = await findOperatorGraph(options, context);
    return await lookUpNames(graph, names, { interrupted, progressed });
  } finally {
    bar.stop();
  }
}

async function reportUnresolved(unresolved: readonly FileFault[], { console }: Context): Promise<void> {
  for (const fault of unresolved) await console.document({ type: 'unresolved', ...fault });
  for (const { line, pointer, detail } of unresolved)
    console.note(`line ${line}: ${[pointer, detail].filter((part) => part !== '').join(' ')}`);
}

function isMissingConnection({ pointer, detail }: { pointer: string; detail: string }): boolean {
  return pointer === '/connectionId' && detail.startsWith('is missing');
}
