/**
 * A functions worker without a host: loads an app and runs an invocation for each message of its parent, which holds the
 * request as the real host would send it. So its processor time is the app's, the trigger library's and Node's, and no
 * host's.
 *
 *     node worker-process.ts <entry> <root>
 */
import { pathToFileURL } from 'node:url';
import { installCoreApi } from '../../packages/functions-host/src/core-api.ts';
import { httpTriggerMetadata } from '../../packages/functions-host/src/http/request-metadata.ts';
import { createInvoker } from '../../packages/functions-host/src/invoke.ts';
import { createTraceContext } from '../../packages/functions-host/src/trace-context.ts';
import type { FromWorker, ToWorker } from './messages.ts';

const [entry = '', root = ''] = process.argv.slice(2);
const nothing = () => undefined;
const core = installCoreApi(nothing);
await import(pathToFileURL(entry).href);
core.finishStartup();
const appHookData = {};
for (const hook of core.hooks('appStart'))
  await hook({ hookData: {}, appHookData, functionAppDirectory: root });
await core.model()?.getCapabilities?.({});
const target = core.functions().find(({ metadata }) => metadata.name === 'create-group');
if (target === undefined) throw new Error(`${entry} has no function create-group`);
const invoker = createInvoker({
  core,
  log: nothing,
  functionTimeout: undefined,
  appHookData,
  onFunctionTimeout: nothing,
});
const binding =
  Object.entries(target.metadata.bindings).find(([, { type }]) => type === 'httpTrigger')?.[0] ?? '';

process.on('message', (message: ToWorker) => {
  if (message.kind === 'usage') {
    const { user, system } = process.cpuUsage();
    tell({ kind: 'usage', cpuMs: (user + system) / 1000 });
    return;
  }
  if (message.kind === 'heap') {
    if (message.collect) globalThis.gc?.();
    tell({ kind: 'heap', bytes: process.memoryUsage().heapUsed });
    return;
  }
  const { id, connectionId, url, headers, body } = message;
  const http = {
    url,
    method: 'POST',
    headers,
    params: { connectionId },
    query: {},
    body: { bytes: Buffer.from(body) },
  };
  invoker
    .invoke({
      target,
      invocationId: id,
      triggerMetadata: httpTriggerMetadata(headers, new URLSearchParams(), { connectionId }),
      traceContext: createTraceContext(undefined, undefined),
      inputData: [{ name: binding, data: { http } }],
    })
    .then(
      ({ response }) => {
        const answer = response.returnValue?.http;
        const bytes = answer?.body?.bytes ?? Buffer.from(answer?.body?.string ?? '');
        tell({
          kind: 'answered',
          id,
          status: answer?.statusCode ?? '',
          body: Buffer.from(bytes).toString(),
        });
      },
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
});
process.on('disconnect', () => process.exit(0));
tell({ kind: 'ready' });

function tell(message: FromWorker): void {
  process.send?.(message);
}
