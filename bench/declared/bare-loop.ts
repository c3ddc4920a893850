import { Agent, request } from 'node:https';
import type { Stack } from '../../local/stack/stack.ts';
import { makeMembers } from './caller.ts';
import { openGraphWindow, rateOf } from './graph-window.ts';

/**
 * Members a second that a loop adds to a group which is there: so many calls at a time, and nothing besides. What this
 * machine takes from Graph's ceiling at this moment, it takes from both.
 */
export async function bareLoop(
  { graph, tokens, certificate }: Pick<Stack, 'graph' | 'tokens' | 'certificate'>,
  groupId: string,
  { inFlight, count }: { readonly inFlight: number; readonly count: number },
): Promise<number> {
  const window = openGraphWindow(graph);
  const agent = new Agent({ keepAlive: true, ca: certificate.cert });
  const authorization = `Bearer ${tokens.issue('https://graph.microsoft.com').token}`;
  const url = `${graph.url}/v1.0/external/connections/contosohr/groups/${groupId}/members`;
  const add = (member: object) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const headers = { authorization, 'content-type': 'application/json' };
    request(url, { method: 'POST', agent, headers }, (answer) => {
      answer.resume().once('end', () => {
        if (answer.statusCode !== undefined && answer.statusCode < 300) resolve();
        else reject(new Error(`Graph answered ${answer.statusCode} to the bare loop`));
      });
    })
      .once('error', reject)
      .end(JSON.stringify(member));
    return promise;
  };
  const members = makeMembers(count).values();
  const loop = async () => {
    for (const member of members) await add(member);
  };
  try {
    await Promise.all(Array.from({ length: inFlight }, loop));
    return rateOf(window.calls());
  } finally {
    agent.destroy();
  }
}
