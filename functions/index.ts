import { app } from '@azure/functions';
import { createApp } from '../src/app.ts';
import { boundArguments } from './bound-arguments.ts';
import { registerChangeDeclaredGroup } from './change-declared-group.ts';
import { registerCreateDeferredGroup } from './create-deferred-group.ts';
import { registerCreateGroup } from './create-group.ts';
import { registerDeleteGroup } from './delete-group.ts';
import { registerGetDiagnostics } from './get-diagnostics.ts';
import { registerGetGroup } from './get-group.ts';
import { registerGetHealth } from './get-health.ts';
import { registerGetOpenApi } from './get-openapi.ts';
import { registerGetOperation } from './get-operation.ts';
import { readHostVersion } from './host-version.ts';
import { registerListGroups } from './list-groups.ts';
import { registerListMembers } from './list-members.ts';
import { registerLookAfterGroups } from './look-after-groups.ts';
import { registerMaintainQueues } from './maintain-queues.ts';
import { registerPatchMembers } from './patch-members.ts';
import { registerPutGroup } from './put-group.ts';
import { registerPutMembers } from './put-members.ts';
import { registerVerifyGroups } from './verify-groups.ts';

const adapter = createApp(process.env, readHostVersion());
if (adapter.isStreaming) app.setup({ enableHttpStream: true });

registerCreateGroup(adapter);
registerGetOperation(adapter);
registerGetHealth(adapter);
registerGetDiagnostics(adapter);
registerGetOpenApi(adapter);
registerPutGroup(adapter);
registerDeleteGroup(adapter);
registerGetGroup(adapter);
registerPutMembers(adapter);
registerPatchMembers(adapter);
registerListMembers(adapter);
registerListGroups(adapter);
registerCreateDeferredGroup(adapter);
registerChangeDeclaredGroup(adapter);
registerMaintainQueues(adapter);
registerLookAfterGroups(adapter);
registerVerifyGroups(adapter);

// The library sets its programming model with the first registration.
if (adapter.isStreaming) boundArguments();

// The host waits for this on a graceful stop only; a crash loses telemetry, never work.
app.hook.appTerminate(() => adapter.telemetry.flush(5_000));
