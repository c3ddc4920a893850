import { createTokenAcquisition } from '../identity/acquire-token.ts';
import { createTokenSource } from '../identity/tokens.ts';
import { isLoopback } from '../settings/readers.ts';
import type { Environment, Settings } from '../settings/settings.ts';
import { lazily } from '../shared/lazily.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { CreateExternalGroup } from './create-external-group.ts';
import type { ReadFromGraph, WriteToGraph } from './graph-writer.ts';
import type { FindUsers } from './users.ts';

export type GraphSettings = Pick<
  Settings,
  'cloud' | 'graphUrl' | 'graphCredential' | 'clientId' | 'graphDeadline'
>;

/** The parts of this folder, put together; each use of Graph loads what it needs on first use. */
export function openGraph(settings: GraphSettings, telemetry: Telemetry) {
  const { cloud, graphUrl, graphCredential, clientId, graphDeadline } = settings;
  const identity = { kind: graphCredential, clientId };
  const acquire = createTokenAcquisition(identity, `${cloud.root}/.default`);
  const tokens = createTokenSource({ acquire, timeout: graphDeadline });
  // An HTTP caller would rather wait than be deferred; a message is better requeued than kept in an invocation.
  const maxWait = { urgent: graphDeadline * 0.8, queued: Math.min(2_000, graphDeadline / 2) };
  const pool = lazily(async () =>
    (await import('./transport/connection-pool.ts')).createConnectionPool({
      origin: graphUrl,
      timeout: graphDeadline,
      proxied: isProxied(graphUrl, process.env),
    }),
  );
  const calls = lazily(async () => {
    const [sendRequest, { createGraphCalls }, { createConcurrencyLimiter }] = await Promise.all([
      pool(),
      import('./transport/call-graph.ts'),
      import('./limiter/concurrency-limiter.ts'),
    ]);
    const limiting = { limiter: createConcurrencyLimiter(), maxWait };
    return createGraphCalls({ root: graphUrl, tokens, telemetry, sendRequest, limiting });
  });
  const creation = lazily(async () =>
    (await import('./create-external-group.ts')).createGroupCreation(calls),
  );
  const declared = lazily(async () => {
    const { createGraphReader, createGraphWriter } = await import('./graph-writer.ts');
    return { write: createGraphWriter(calls), read: createGraphReader(calls) };
  });
  return {
    createExternalGroup: async (...call: Parameters<CreateExternalGroup>) => (await creation())(...call),
    write: async (...call: Parameters<WriteToGraph>) => (await declared()).write(...call),
    read: async (...call: Parameters<ReadFromGraph>) => (await declared()).read(...call),
    findUsers: async (...call: Parameters<FindUsers>) =>
      (await import('./users.ts')).createFindUsers(calls)(...call),
    probe: async () => (await import('./probe.ts')).createGraphProbe(await pool(), tokens),
  };
}

/** The variables that the Azure SDKs read too; a Graph on this machine is never behind a proxy. */
function isProxied(graphUrl: string, { HTTPS_PROXY, https_proxy }: Environment): boolean {
  return (HTTPS_PROXY || https_proxy || '') !== '' && !isLoopback(new URL(graphUrl).hostname);
}
