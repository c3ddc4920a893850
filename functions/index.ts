import { app } from '@azure/functions';
import { createApp } from '../src/app.ts';
import { registerCreateDeferredGroup } from './create-deferred-group.ts';
import { registerCreateGroup } from './create-group.ts';
import { registerGetDiagnostics } from './get-diagnostics.ts';
import { registerGetHealth } from './get-health.ts';
import { registerGetOpenApi } from './get-openapi.ts';
import { registerGetOperation } from './get-operation.ts';
import { readHostVersion } from './host-version.ts';
import { registerMaintainQueues } from './maintain-queues.ts';

// Without streaming the host drops the body of a chunked request (azure-functions-nodejs-library#171).
app.setup({ enableHttpStream: true });

const adapter = createApp(process.env, readHostVersion());

registerCreateGroup(adapter);
registerGetOperation(adapter);
registerGetHealth(adapter);
registerGetDiagnostics(adapter);
registerGetOpenApi(adapter);
registerCreateDeferredGroup(adapter);
registerMaintainQueues(adapter);

// The host waits for this on a graceful stop only; what a crash loses is telemetry, never work.
app.hook.appTerminate(() => adapter.telemetry.flush(5_000));
