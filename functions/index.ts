import { app } from '@azure/functions';
import { createApp } from '../src/app.ts';
import { registerChangeDeclaredGroup } from './change-declared-group.ts';
import { registerCreateDeferredGroup } from './create-deferred-group.ts';
import { readHostVersion } from './host-version.ts';
import { registerLookAfterGroups } from './look-after-groups.ts';
import { registerMaintainQueues } from './maintain-queues.ts';
import { registerRoutes } from './routes.ts';
import { registerVerifyGroups } from './verify-groups.ts';

// Without streaming the host drops the body of a chunked request (azure-functions-nodejs-library#171).
app.setup({ enableHttpStream: true });

const adapter = createApp(process.env, readHostVersion());

registerRoutes(adapter);
registerCreateDeferredGroup(adapter);
registerChangeDeclaredGroup(adapter);
registerMaintainQueues(adapter);
registerLookAfterGroups(adapter);
registerVerifyGroups(adapter);

adapter.start();

// The host waits for this on a graceful stop only; a crash loses telemetry, never work.
app.hook.appTerminate(() => adapter.telemetry.flush(5_000));
