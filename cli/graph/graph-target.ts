import { type Cloud, type CloudName, clouds } from '../../src/settings/clouds.ts';
import type { Environment } from '../../src/settings/settings.ts';
import { createFetch, type Fetch } from '../../src/shared/fetch.ts';
import { lazily } from '../../src/shared/lazily.ts';
import type { Context } from '../context.ts';
import { Failure, usageFailure } from '../failure.ts';
import { readStackFile } from '../where/stack-file.ts';

export interface GraphOptions {
  readonly cloud?: string;
  /** The local stack's stand-in for Graph. */
  readonly local?: boolean;
}

/** Where Graph is, and which sign-in is used. */
export interface GraphTarget {
  /** Origin, without a trailing slash. */
  readonly root: string;
  readonly cloud: Cloud;
  readonly isPublicCloud: boolean;
  /** The name shown to the operator. */
  readonly label: string;
  readonly fetch: Fetch;
  /** A token of the operator; rejects if nobody is signed in. */
  readonly token: () => Promise<string>;
}

/** The Graph to use: the cloud's, with the sign-in of the Azure CLI, unless `--local` is given. */
export async function findGraph({ cloud, local }: GraphOptions, context: Context): Promise<GraphTarget> {
  if (local === true) {
    if (cloud !== undefined) throw usageFailure('Use --cloud or --local, not both.');
    return localGraph(context.folder);
  }
  const name = cloud ?? (context.env.GRAPH_CLOUD?.trim() || 'global');
  if (!isCloudName(name)) throw usageFailure(`GRAPH_CLOUD must be one of ${Object.keys(clouds).join(', ')}.`);
  return cloudGraph(name, context.env);
}

export function cloudGraph(name: CloudName, env: Environment): GraphTarget {
  const cloud: Cloud = clouds[name];
  return {
    root: cloud.root,
    cloud,
    isPublicCloud: name === 'global',
    label: cloud.root,
    fetch: createFetch(env),
    // Each call of the Azure CLI takes a second.
    token: lazily(() => azureCliToken(`${cloud.root}/.default`)),
  };
}

/** The stand-in of the local stack; this process trusts its certificate from now on. */
export async function localGraph(folder: string): Promise<GraphTarget> {
  const { graph } = readStackFile(folder);
  if (graph === null)
    throw new Failure('The local stack is of an earlier version; start it again with "npm start".');
  const { trustCertificate } = await import('./trust-certificate.ts');
  trustCertificate(graph.certificate);
  return {
    root: graph.url,
    cloud: clouds.global,
    isPublicCloud: true,
    label: `the local stack's stand-in (${graph.url})`,
    fetch: createFetch({}),
    token: () => Promise.resolve(graph.operatorToken),
  };
}

/** A token from the sign-in of the Azure CLI. */
export async function azureCliToken(scope: string): Promise<string> {
  const { AzureCliCredential } = await import('@azure/identity');
  return (await new AzureCliCredential({ processTimeoutInMs: 30_000 }).getToken(scope)).token;
}

function isCloudName(name: string): name is CloudName {
  return Object.hasOwn(clouds, name);
}
