import { setTimeout as delay } from 'node:timers/promises';
import { member } from '../../src/graph/transport/read-response.ts';
import { createFindUsers, type FindUsers } from '../../src/graph/users.ts';
import { type MemberName, type NameKind, nameKey } from '../../src/groups/member-name.ts';
import { createLookUpNames, type Holder } from '../../src/names/look-up-names.ts';
import { AdapterError } from '../../src/problems/adapter-error.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { newTrace } from '../../src/telemetry/trace-context.ts';
import { Failure } from '../failure.ts';
import { describeReply, type OperatorGraph, type Reply } from './operator-graph.ts';

export interface LookUpOptions {
  readonly interrupted: AbortSignal;
  /** A batch of names has been looked up. */
  readonly progressed?: (names: number) => void;
  /** Nothing is changed by it: an answer that finds nobody is taken as it is. */
  readonly isReading?: boolean;
}

/** Milliseconds: 50,000 employee ids take Graph, at its documented rate, two and a half minutes. */
const lookUpWithin = 3_600_000;
/** Enough for the rate that the directory allows a small tenant, 350 a second, at a tenth of a second each. */
const atATime = 40;
/** How often a query is made again, and the longest wait in seconds that is kept. */
const tries = 8;
const maxWait = 300;

/**
 * Whose names these are, by the operator's own sign-in, in any number. Throws a Failure if it may not read them, and also
 * if it finds nobody at all by one kind of name: Entra ID answers so where a permission is missing.
 */
export async function lookUpNames(
  graph: OperatorGraph,
  names: readonly MemberName[],
  { interrupted, progressed, isReading = false }: LookUpOptions,
): Promise<ReadonlyMap<string, Holder>> {
  const readable = new Set<NameKind>();
  const find = createFindUsers(async () => ({
    findUsers: async (query) => answerOf(await callPatiently(graph, `/users?${query}`, interrupted)),
  }));
  const findUsers: FindUsers = async (kind, batch, options) => {
    if (interrupted.aborted) throw new Failure('Interrupted: nothing was changed.');
    const found = await find(kind, batch, options);
    progressed?.(batch.length);
    return found;
  };
  const lookUp = createLookUpNames({
    findUsers,
    readable: {
      identity: () => Promise.resolve(null),
      has: (kind) => Promise.resolve(isReading || readable.has(kind)),
      note: (kind) => Promise.resolve(void readable.add(kind)),
    },
    clock: systemClock,
    atATime,
  });
  try {
    return await lookUp(names, { milliseconds: lookUpWithin, trace: newTrace(), urgent: false });
  } catch (thrown) {
    throw thrown instanceof AdapterError ? failureOf(thrown) : thrown;
  }
}

/** The holder of the one name; throws a Failure if it stands for nobody, or for several people. */
export async function lookUpOne(
  graph: OperatorGraph,
  names: readonly MemberName[],
  interrupted: AbortSignal,
): Promise<string> {
  const holders = await lookUpNames(graph, names, { interrupted, isReading: true });
  const found = names.map((name) => holders.get(nameKey(name)) ?? 'not-found');
  const ids = new Set(found.flatMap((holder) => (typeof holder === 'object' ? [holder.id] : [])));
  if (found.includes('ambiguous') || ids.size > 1) throw new Failure('Several people have this name.');
  const [id] = ids;
  if (id === undefined) throw new Failure('Nobody has this name, as far as your sign-in shows.');
  return id;
}

/** A GET that waits as long as the directory asks for. */
export async function callPatiently(
  graph: OperatorGraph,
  path: string,
  interrupted: AbortSignal,
): Promise<Reply> {
  for (let attempt = 1; ; attempt += 1) {
    const reply = await graph.call('GET', path);
    const isBusy = reply.kind === 'answer' && (reply.status === 429 || reply.status >= 500);
    if (!isBusy || attempt === tries || interrupted.aborted) return reply;
    const seconds = Math.min(maxWait, reply.retryAfter ?? 2 ** attempt / 2);
    await delay(seconds * 1000, undefined, { signal: interrupted }).catch(() => undefined);
  }
}

function answerOf(reply: Reply) {
  if (reply.kind !== 'answer') throw new Failure(`Names cannot be looked up: ${describeReply(reply)}.`);
  return reply;
}

function failureOf({ code, cause, members }: AdapterError): Failure {
  const why = cause instanceof Error ? ` (${cause.message})` : '';
  if (code !== 'directory-access-denied')
    return new Failure(`Entra ID did not respond for the names${why}; nothing was changed.`);
  return member(members, 'graph') === undefined
    ? new Failure(
        'Entra ID finds nobody by one of the kinds of names in the file. It returns the same if your sign-in may not read that property, so nothing was changed.',
      )
    : new Failure('Your sign-in may not read users in Entra ID; nothing was changed.');
}
