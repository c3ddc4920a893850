import { batchesOf, type FindUsers, type UsersFound } from '../graph/users.ts';
import { type MemberName, type NameKind, nameKey, nameKinds } from '../groups/member-name.ts';
import { AdapterError } from '../problems/adapter-error.ts';
import type { Clock } from '../shared/clock.ts';
import { eachLimited } from '../shared/each-limited.ts';
import { within } from '../shared/within.ts';
import type { TraceContext } from '../telemetry/trace-context.ts';
import type { ReadableKinds } from './readable-kinds.ts';
import { objectIdOfSid } from './sid.ts';

/** The user with a name: an object id, or that no user or several users have it. */
export type Holder = { readonly id: string } | 'not-found' | 'ambiguous';

export interface LookUpOptions {
  /** Milliseconds for all lookups together. */
  readonly milliseconds: number;
  readonly trace: TraceContext;
  readonly urgent: boolean;
}

/**
 * Asks Entra ID for names, every time: a name may belong to somebody else by now. Rejects with `deferral-unavailable` if it does not answer for all of them, and with
 * `directory-access-denied` if the permission is missing.
 */
export type LookUpNames = (
  names: readonly MemberName[],
  options: LookUpOptions,
) => Promise<ReadonlyMap<string, Holder>>;

interface LookUpPorts {
  readonly findUsers: FindUsers;
  readonly readable: ReadableKinds;
  readonly clock: Clock;
  /** Queries at the same time, where no limiter is in between. */
  readonly atATime?: number;
}

/**
 * Queries that one lookup has under way or waiting for a permit. The limiter turns calls away whose turn comes too late:
 * a thousand at once would be turned away for no other reason than that they are many.
 */
const usuallyAtATime = 20;

export function createLookUpNames({
  findUsers,
  readable,
  clock,
  atATime = usuallyAtATime,
}: LookUpPorts): LookUpNames {
  /** Null: the directory takes none of the queries. */
  async function askAll(kind: NameKind, names: readonly MemberName[], options: LookUpOptions) {
    const { trace, urgent, milliseconds } = options;
    const found = new Map<string, readonly string[]>();
    const batches = batchesOf(kind, names);
    let refused = 0;
    await within(
      milliseconds,
      (signal) =>
        eachLimited(batches, atATime, async (batch) => {
          const answer = await findUsers(kind, batch, { signal, trace, urgent });
          for (const [key, ids] of idsIn(answer)) found.set(key, ids);
          if (answer.kind === 'found' && answer.refused) refused += 1;
        }),
      clock,
    );
    return batches.length > 0 && refused === batches.length ? null : found;
  }

  /**
   * Where a permission does not cover the property that is filtered by, Graph leaves out the users that match
   * (learn.microsoft.com: user, list): an empty answer is believed only from an identity that has found somebody by it.
   */
  async function requireSight(kind: NameKind, hasFound: boolean): Promise<void> {
    if (hasFound) return readable.note(kind);
    if (await readable.has(kind)) return;
    throw new AdapterError(
      'directory-access-denied',
      `Entra ID has not found anybody by ${kind} for this app so far. It responds in the same way if a permission is missing, so the app draws no conclusion.`,
    );
  }

  /** An answer to another token says nothing about what this one may read. */
  async function requireSameIdentity(before: string | null): Promise<void> {
    if (before !== null && (await readable.identity()) !== before)
      throw unavailable(new Error('the app got another token meanwhile'));
  }

  return async function lookUpNames(names, options) {
    const holders = new Map<string, Holder>();
    const asked = new Map<NameKind, MemberName[]>(nameKinds.map((kind) => [kind, []]));
    for (const name of new Map(names.map((name) => [nameKey(name), name])).values()) {
      const id = name.kind === 'sid' ? objectIdOfSid(name.value) : null;
      if (id === null) asked.get(name.kind)?.push(name);
      else holders.set(nameKey(name), { id });
    }
    await Promise.all(
      [...asked].map(async ([kind, unknown]) => {
        if (unknown.length === 0) return;
        const identity = await readable.identity();
        const found = await askAll(kind, unknown, options).catch((thrown: unknown) => {
          throw thrown instanceof AdapterError ? thrown : unavailable(thrown);
        });
        if (found === null) throw unavailable(new Error('the directory refuses every query'));
        await requireSight(kind, found.size > 0);
        await requireSameIdentity(identity);
        for (const name of unknown) {
          const [id, another] = found.get(nameKey(name)) ?? [];
          const isOne = id !== undefined && another === undefined;
          holders.set(nameKey(name), id === undefined ? 'not-found' : isOne ? { id } : 'ambiguous');
        }
      }),
    );
    return holders;
  };
}

function idsIn(answer: UsersFound): ReadonlyMap<string, readonly string[]> {
  switch (answer.kind) {
    case 'found':
      return answer.idsByName;
    case 'denied':
      throw new AdapterError(
        'directory-access-denied',
        'Entra ID refuses this app’s identity: its permission to read users is missing, or the token is older than the grant (tokens last up to 24 h).',
        { members: { graph: answer.graph } },
      );
    case 'throttled':
    case 'not-begun':
    case 'silent':
      throw unavailable(new Error(answer.why), answer.retryAfter);
    default:
      throw unavailable(new Error(`the directory answered ${answer.graph.status}`));
  }
}

function unavailable(cause: unknown, retryAfter: number | null = null): AdapterError {
  return new AdapterError(
    'deferral-unavailable',
    'Entra ID did not respond for the names of members, so nothing was recorded. Sending the change again is safe.',
    { message: 'names of members could not be looked up', cause, retryAfter },
  );
}
