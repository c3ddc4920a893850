import { app } from '@azure/functions';
import { createApp } from '../src/app.ts';
import { boundArguments } from './bound-arguments.ts';
import { registerChangeDeclaredGroup } from './change-declared-group.ts';
import { registerCreateDeferredGroup } from './create-deferred-group.ts';
import { readHostVersion } from './host-version.ts';
import { registerLookAfterGroups } from './look-after-groups.ts';
import { registerMaintainQueues } from './maintain-queues.ts';
import { registerRoutes } from './routes.ts';
import { registerVerifyGroups } from './verify-groups.ts';

const adapter = createApp(process.env, readHostVersion());
if (adapter.isStreaming) app.setup({ enableHttpStream: true });

registerRoutes(adapter);
registerCreateDeferredGroup(adapter);
registerChangeDeclaredGroup(adapter);
registerMaintainQueues(adapter);
registerLookAfterGroups(adapter);
registerVerifyGroups(adapter);

// The library sets its programming model with the first registration.
if (adapter.isStreaming) boundArguments();

adapter.start();

// The host waits for this on a graceful stop only; a crash loses telemetry, never work.
app.hook.appTerminate(() => adapter.telemetry.flush(5_000));
