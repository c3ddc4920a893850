import { setTimeout as delay } from 'node:timers/promises';
import { app } from '@azure/functions';

const held: (() => void)[] = [];
let running = 0;
let most = 0;

app.setup({ enableHttpStream: true });
app.http('hello', { methods: ['GET'], authLevel: 'anonymous', handler: () => ({ body: 'hello' }) });
app.http('waits', {
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: async () => {
    await new Promise<void>((release) => held.push(release));
    return { body: 'went' };
  },
});
app.http('release', {
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: () => {
    for (const release of held.splice(0)) release();
    return { body: 'ok' };
  },
});
app.http('counts', {
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: async () => {
    most = Math.max(most, ++running);
    await delay(20);
    running--;
    return { body: String(most) };
  },
});
