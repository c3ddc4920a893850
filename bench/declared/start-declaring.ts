import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostProcess } from '../../local/stack/host-process.ts';
import { type Stack, startStack } from '../../local/stack/stack.ts';
import { impatient, startApp } from '../apps.ts';
import type { Finding, Row } from '../finding.ts';
import { createCaller, type DeclaringCaller } from './caller.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';

/** The app with everything around it, and its tables behind a counter. */
export interface Declaring {
  readonly stack: Stack;
  readonly proxy: CountingProxy;
  readonly host: HostProcess;
  readonly caller: DeclaringCaller;
  readonly close: () => Promise<void>;
}

/** A part of the measure. */
export type Part = Required<Finding>;

export async function startDeclaring(): Promise<Declaring> {
  // With messages in memory only, Azurite's collection of deleted ones (QueueGCManager.js, MemoryExtentStore.js) stops
  // everything for minutes once there are some ten thousand.
  const storageFolder = await mkdtemp(join(tmpdir(), 'bench-declared-'));
  const stack = await startStack({ functionsHost: false, storageFolder, graph: { logCapacity: 300_000 } });
  const proxy = await startCountingProxy(stack.azurite.connectionString);
  const host = await startApp(stack, 'ours', {
    ...impatient,
    AzureWebJobsStorage: proxy.connectionString,
  });
  return {
    stack,
    proxy,
    host,
    caller: createCaller(host.url, stack.functionKey),
    close: async () => {
      await host.stop(5_000);
      await proxy.close();
      await stack.close();
      await rm(storageFolder, { recursive: true, force: true });
    },
  };
}

export function shown(figure: string, measured: string): Row {
  return { figure, goal: 'shown', measured, met: null };
}

export function judged(figure: string, goal: string, measured: string, met: boolean, short: string): Row {
  return { figure, goal, measured, met, ...(met ? {} : { short }) };
}
