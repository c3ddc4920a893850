import type { UsersFound } from '../../../src/graph/users.ts';
import type { Change } from '../../../src/ledger/core/change.ts';
import type { ResolveChange } from '../../../src/ledger/resolve-change.ts';
import type { DirectoryPorts } from './breaks.ts';

const nobody: UsersFound = { kind: 'found', idsByName: new Map() };

function isUnserved({ kind }: UsersFound): boolean {
  return kind === 'throttled' || kind === 'not-begun' || kind === 'silent';
}

/** The directory's answers are taken for others. */
const answering =
  (take: (found: UsersFound) => UsersFound) =>
  ({ findUsers, ...ports }: DirectoryPorts): DirectoryPorts => ({
    ...ports,
    findUsers: async (kind, names, options) => take(await findUsers(kind, names, options)),
  });

/** What is recorded of a change in which names have been looked up is another. */
const resolving =
  (alter: (change: Change) => Change) =>
  (resolveChange: ResolveChange): ResolveChange =>
  async (change, options) => {
    const resolved = await resolveChange(change, options);
    return { ...resolved, change: alter(resolved.change) };
  };

/** Faults in the rules of names. */
export const nameBreaks = {
  'denied-is-nobody': {
    words: 'a directory that denies access is taken for one where nobody has the name',
    directory: answering((found) => (found.kind === 'denied' ? nobody : found)),
  },
  'silence-is-nobody': {
    words: 'a directory that is throttled, fails or is silent is taken for one where nobody has the name',
    directory: answering((found) => (isUnserved(found) ? nobody : found)),
  },
  'unseen-is-nobody': {
    words: 'an empty answer is believed of an identity that has never found anybody',
    directory: ({ readable, ...ports }: DirectoryPorts): DirectoryPorts => ({
      ...ports,
      readable: { ...readable, has: () => Promise.resolve(true) },
    }),
  },
  'first-of-several': {
    words: 'of several who have a name the first is taken',
    directory: answering((found) =>
      found.kind === 'found'
        ? {
            ...found,
            idsByName: new Map([...found.idsByName].map(([name, ids]) => [name, ids.slice(0, 1)])),
          }
        : found,
    ),
  },
  'names-not-kept': {
    words: 'the ledger does not keep by which name somebody was declared',
    resolve: resolving((change) => {
      const plain = <T extends object>(members: readonly T[]): readonly T[] =>
        members.map((member) => ({ ...member, nameHash: undefined }));
      if (change.kind === 'put-members') return { ...change, members: plain(change.members) };
      if (change.kind === 'patch-members') return { ...change, add: plain(change.add) };
      return change;
    }),
  },
  'removal-of-the-holder-alone': {
    words: 'removing by a name leaves whoever was declared by it',
    resolve: resolving(({ namedRemovals: _declared, ...change }) => change),
  },
  'removal-of-nobody-is-done': {
    words: 'removing by a name of which nothing is known is said to be done',
    resolve: resolving((change) => ({
      ...change,
      ...(change.namedRemovals === undefined
        ? {}
        : { namedRemovals: change.namedRemovals.map((one) => ({ ...one, isFound: true })) }),
    })),
  },
  'unfound-are-removed': {
    words: 'an exact list removes whoever was declared by a name that nobody has any more',
    resolve: resolving(({ unresolved: _kept, ...change }) => change),
  },
  'unfound-are-forgotten': {
    words: 'a name that nobody has is left out without a word',
    resolve:
      (resolveChange: ResolveChange): ResolveChange =>
      async (change, options) => ({ ...(await resolveChange(change, options)), faults: [] }),
  },
} as const;
