import type { HostProcess } from '../../local/stack/host-process.ts';
import type { Stack } from '../../local/stack/stack.ts';
import { impatient, startApp } from '../apps.ts';
import type { Finding, Row } from '../finding.ts';
import { startStackOnDisk } from '../stack-on-disk.ts';
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
  const stack = await startStackOnDisk({ functionsHost: false, graph: { logCapacity: 300_000 } });
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
    },
  };
}

export function shown(figure: string, measured: string): Row {
  return { figure, goal: 'shown', measured, met: null };
}

export function judged(figure: string, goal: string, measured: string, met: boolean, short: string): Row {
  return { figure, goal, measured, met, ...(met ? {} : { short }) };
}
