import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes, Failure } from '../failure.ts';
import { createGrantRole, type Grant } from '../graph/grant-role.ts';
import { findGraph, type GraphOptions } from '../graph/graph-target.ts';
import { createOperatorGraph } from '../graph/operator-graph.ts';
import { showNotPermitted } from '../graph/show-not-permitted.ts';
import { shortTime } from '../terminal/printable.ts';

export interface GrantOptions extends GraphOptions {
  readonly identity: string;
  readonly role: string;
  readonly dryRun?: boolean;
}

/** `grant`: the application role of Microsoft Graph that the app's managed identity needs. */
export async function grant(options: GrantOptions, context: Context): Promise<ExitCode> {
  const { console, interrupted } = context;
  const graph = createOperatorGraph(await findGraph(options, context));
  const pause = async (milliseconds: number) => {
    await delay(milliseconds, undefined, { signal: interrupted }).catch(() => undefined);
    if (interrupted.aborted) throw new Failure('Interrupted; running it again is safe.');
  };
  const grantRole = createGrantRole({ graph, now: () => performance.now(), pause, note: console.note });
  return showNotPermitted(console, async () => {
    const wanted = { principalId: options.identity, role: options.role };
    const done = await grantRole(wanted, options.dryRun === true);
    await console.document(done);
    console.line(describeGrant(done));
    if (done.outcome === 'granted')
      console.note(
        'The app gets the role with its next token. Its current token lasts up to 24 hours; external-groups doctor says until when.',
      );
    return exitCodes.ok;
  });
}

function describeGrant({ outcome, role, principalId, since }: Grant): string {
  const what = `${role} of Microsoft Graph`;
  if (outcome === 'granted') return `Granted ${what} to ${principalId}.`;
  if (outcome === 'would-grant') return `Would grant ${what} to ${principalId}; nothing was changed.`;
  return `${principalId} has ${what}${since === null ? '' : ` since ${shortTime(since)}`}; nothing to do.`;
}
