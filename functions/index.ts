import { app, trigger } from '@azure/functions';
import { createApp } from '../src/app.ts';
import { routeNames, routes } from '../src/http/routes.ts';
import { boundArguments } from './bound-arguments.ts';
import { readHostVersion } from './host-version.ts';
import { toInvocation, toTriggerMetadata } from './invocation.ts';

const adapter = createApp(process.env, readHostVersion());
if (adapter.isStreaming) app.setup({ enableHttpStream: true });

for (const name of routeNames) {
  const { methods, path, level } = routes[name];
  const answer = adapter.endpoint(name);
  app.http(name, {
    route: path,
    methods: [...methods],
    authLevel: level,
    handler: (request, context) => answer(request, toInvocation(context)),
  });
}

for (const { name, queue, work } of adapter.queues)
  app.generic(name, {
    // With `dataType: 'binary'` the host passes on the bytes as they are on the queue. Otherwise it would parse JSON and
    // lose duplicate member names. The library's own queue options lack this property.
    trigger: trigger.generic({
      type: 'queueTrigger',
      queueName: queue,
      connection: 'AzureWebJobsStorage',
      dataType: 'binary',
    }),
    handler: (message, context) => work(message, toTriggerMetadata(context)),
  });

for (const { name, schedule, run } of adapter.timers)
  app.timer(name, { schedule, handler: (_timer, context) => run(toInvocation(context)) });

// The library sets its programming model with the first registration.
if (adapter.isStreaming) boundArguments();

adapter.start();

// The host waits for this on a graceful stop only; a crash loses telemetry, never work.
app.hook.appTerminate(() => adapter.telemetry.flush(5_000));
