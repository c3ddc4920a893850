import { createFindUsers } from '../../../src/graph/users.ts';
import { createLookUpNames, type LookUpNames } from '../../../src/names/look-up-names.ts';
import { createReadableKinds } from '../../../src/names/readable-kinds.ts';
import { ledgerTable } from '../../../src/storage/stores.ts';
import type { Instance } from '../world/instance.ts';
import { createSimulatedTable } from '../world/simulated-table.ts';
import type { DeclarationBreak } from './breaks.ts';

/** The lookup of names of one instance, wired as `src/names/open-names.ts` does. */
export function createSimulatedLookUp(
  instance: Instance,
  { directory: wire = (whole) => whole }: Pick<DeclarationBreak, 'directory'>,
): LookUpNames {
  const { clock, directory } = instance;
  const calls = {
    findUsers: async (query: string, { signal }: { readonly signal: AbortSignal }) => {
      const { status, body, code, retryAfter } = await directory.find(query, { signal });
      const graph = { status, code: code ?? null, requestId: null };
      const codes = code === undefined ? [] : [code];
      return { status, body, graph, codes, retryAfter: retryAfter ?? null };
    },
  };
  // As the token says it: with other permissions it is another identity.
  const identity = () => Promise.resolve(directory.mayRead() ? 'app.reader' : 'app.nothing');
  const findUsers = createFindUsers(() => Promise.resolve(calls));
  const readable = createReadableKinds(createSimulatedTable(instance, ledgerTable), identity, clock);
  return createLookUpNames({ ...wire({ findUsers, readable }), clock });
}
