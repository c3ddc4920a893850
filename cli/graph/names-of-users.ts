import { member } from '../../src/graph/transport/read-response.ts';
import { eachLimited } from '../../src/shared/each-limited.ts';
import { Failure } from '../failure.ts';
import { callPatiently } from './look-up-names.ts';
import { describeReply, type OperatorGraph } from './operator-graph.ts';

/** Ids that one query can ask for together. */
const maxIds = 15;
/** Queries under way at the same time. */
const atATime = 8;

/** Mail addresses of users, or their sign-in names, by object id; who is not in the directory is not in it. */
export async function namesOfUsers(
  graph: OperatorGraph,
  ids: readonly string[],
  interrupted: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  const batches = Array.from({ length: Math.ceil(ids.length / maxIds) }, (_, index) =>
    ids.slice(index * maxIds, (index + 1) * maxIds),
  );
  await eachLimited(batches, atATime, async (batch) => {
    if (interrupted.aborted) throw new Failure('Interrupted: nothing was changed.');
    const filter = encodeURIComponent(`id in (${batch.map((id) => `'${id}'`).join(',')})`);
    const query = `$select=id,userPrincipalName,mail&$top=${maxIds}&$filter=${filter}`;
    const reply = await callPatiently(graph, `/users?${query}`, interrupted);
    const users = reply.kind === 'answer' && reply.status === 200 ? member(reply.body, 'value') : null;
    if (!Array.isArray(users))
      throw new Failure(`Entra ID does not show the names to your sign-in: ${describeReply(reply)}.`);
    for (const user of users) {
      const [id, name] = [member(user, 'id'), member(user, 'mail') ?? member(user, 'userPrincipalName')];
      if (typeof id === 'string' && typeof name === 'string') names.set(id.toLowerCase(), name);
    }
  });
  return names;
}
