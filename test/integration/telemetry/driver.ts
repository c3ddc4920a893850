/** Runs as a child process, so that the intake's certificate is trusted from the start; sends telemetry on demand. */
import { createRequire } from 'node:module';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readSettings } from '../../../src/settings/settings.ts';
import { openTelemetry } from '../../../src/telemetry/open-telemetry.ts';
import { newTrace } from '../../../src/telemetry/trace-context.ts';

export type Command =
  | { readonly do: 'create'; readonly count: number }
  | { readonly do: 'flush'; readonly milliseconds: number }
  | { readonly do: 'isLoaded' }
  | { readonly do: 'listeners' }
  | { readonly do: 'heap' };

const telemetry = openTelemetry(readSettings(process.env));
const { cache } = createRequire(import.meta.url);

/** The signals of one creation. */
function create(index: number): void {
  const trace = newTrace();
  const url = `https://graph.microsoft.com/v1.0/external/connections/contosohr/groups?secret=${index}`;
  const call = telemetry.graphCall({ method: 'POST', url }, trace);
  call.end(201);
  const fields = { connectionId: 'contosohr', groupId: `g${index}`, operationId: '', attempts: 1 };
  telemetry.event('ExternalGroupCreated', { ...fields, source: 'http' }, trace);
  telemetry.metric('externalGroups.create.duration', 12, { source: 'http', outcome: 'created' });
}

async function obey(command: Command): Promise<unknown> {
  switch (command.do) {
    case 'create':
      for (let index = 0; index < command.count; index += 1) {
        create(index);
        if (index % 100 === 99) await nextTurn();
      }
      return null;
    case 'flush': {
      const startedAt = performance.now();
      await telemetry.flush(command.milliseconds);
      return performance.now() - startedAt;
    }
    case 'isLoaded':
      return Object.keys(cache).some((file) => file.includes('applicationinsights'));
    case 'listeners':
      return ['uncaughtException', 'unhandledRejection'].map((name) => process.listenerCount(name));
    case 'heap':
      globalThis.gc?.();
      return process.memoryUsage().heapUsed / 1024 / 1024;
  }
}

process.on('message', async ({ id, command }: { id: number; command: Command }) => {
  process.send?.({ id, result: await obey(command) });
});
