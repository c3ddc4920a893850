import { setTimeout as delay } from 'node:timers/promises';
import { app, type InvocationContext } from '@azure/functions';

const connection = 'AzureWebJobsStorage';
/** One line of JSON that the tests read in the host's output. */
const say = (context: InvocationContext, what: string, value: object) =>
  context.log(`${what} ${JSON.stringify(value)}`);
const attemptOf = (context: InvocationContext) => context.triggerMetadata?.dequeueCount;

app.storageQueue('works', {
  queueName: '%WORK_QUEUE%',
  connection,
  handler: (message, context) =>
    say(context, 'worked', { message, metadata: context.triggerMetadata, trace: context.traceContext }),
});
app.generic('worksBytes', {
  trigger: { type: 'queueTrigger', name: 'message', queueName: 'bytes', connection, dataType: 'binary' },
  handler: (message, context) =>
    say(context, 'worked', {
      bytes: Buffer.isBuffer(message) && message.toString('hex'),
      metadata: context.triggerMetadata,
    }),
});
app.storageQueue('fails', {
  queueName: 'fail',
  connection,
  handler: (message, context) => {
    say(context, 'tried', {
      message,
      attempt: attemptOf(context),
      receipt: context.triggerMetadata?.popReceipt,
    });
    throw new Error('no luck');
  },
});
app.storageQueue('clears', {
  queueName: 'cleared-poison',
  connection,
  handler: (message, context) => {
    say(context, 'cleared', { message, attempt: attemptOf(context) });
    if (message === 'fail once' && attemptOf(context) === 1) throw new Error('not yet');
    if (message === 'fail') throw new Error('no luck');
  },
});
app.storageQueue('takes', {
  queueName: 'long',
  connection,
  handler: async (message, context) => {
    say(context, 'began', { message, attempt: attemptOf(context) });
    await delay((message as { ms: number }).ms);
    say(context, 'finished', { message });
  },
});

const held: (() => void)[] = [];
let most = 0;
let done = 0;
app.storageQueue('holds', {
  queueName: 'gate',
  connection,
  handler: async () => {
    await new Promise<void>((release) => {
      held.push(release);
      most = Math.max(most, held.length);
    });
    done++;
  },
});
app.http('state', {
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: () => ({ jsonBody: { held: held.length, most, done } }),
});
app.http('release', {
  methods: ['POST'],
  authLevel: 'anonymous',
  route: 'release/{count:int}',
  handler: (request) => {
    for (const release of held.splice(0, Number(request.params.count))) release();
    return {};
  },
});
app.hook.appTerminate(() => console.log('appTerminate ran'));
