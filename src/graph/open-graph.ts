import { createTokenAcquisition } from '../identity/acquire-token.ts';
import { createTokenSource } from '../identity/tokens.ts';
import type { Environment, Settings } from '../settings/settings.ts';
import { isLoopback } from '../shared/is-loopback.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { createGroupCreation } from './create-external-group.ts';
import { createGraphReader, createGraphWriter } from './graph-writer.ts';
import { createConcurrencyLimiter } from './limiter/concurrency-limiter.ts';
import { createGraphProbe } from './probe.ts';
import { createGraphCalls } from './transport/call-graph.ts';
import { createConnectionPool } from './transport/connection-pool.ts';
import { createFindUsers } from './users.ts';

export type GraphSettings = Pick<
  Settings,
  'cloud' | 'graphUrl' | 'graphCredential' | 'clientId' | 'graphDeadline'
>;

/** The parts of this folder, put together. */
export function openGraph(settings: GraphSettings, telemetry: Telemetry) {
  const { cloud, graphUrl: root, graphCredential, clientId, graphDeadline } = settings;
  const identity = { kind: graphCredential, clientId };
  const acquire = createTokenAcquisition(identity, `${cloud.root}/.default`);
  const tokens = createTokenSource({ acquire, timeout: graphDeadline });
  const sendRequest = createConnectionPool({
    origin: root,
    timeout: graphDeadline,
    proxied: isProxied(root, process.env),
  });
  // An HTTP caller would rather wait than be deferred; a message is better requeued than kept in an invocation.
  const maxWait = { urgent: graphDeadline * 0.8, queued: Math.min(2_000, graphDeadline / 2) };
  const limiting = { limiter: createConcurrencyLimiter(), maxWait };
  const made = createGraphCalls({ root, tokens, telemetry, sendRequest, limiting });
  const calls = () => Promise.resolve(made);
  return {
    createExternalGroup: createGroupCreation(calls),
    write: createGraphWriter(calls),
    read: createGraphReader(calls),
    findUsers: createFindUsers(calls),
    probe: async () => createGraphProbe(sendRequest, tokens),
  };
}

/** The variables that the Azure SDKs read too; a Graph on this machine is never behind a proxy. */
function isProxied(graphUrl: string, { HTTPS_PROXY, https_proxy }: Environment): boolean {
  return (HTTPS_PROXY || https_proxy || '') !== '' && !isLoopback(new URL(graphUrl).hostname);
}
