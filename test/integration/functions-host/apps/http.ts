import { setTimeout as delay } from 'node:timers/promises';
import { app, type HttpRequest } from '@azure/functions';

const anonymous = { authLevel: 'anonymous' } as const;

app.http('open', { ...anonymous, methods: ['GET'], handler: () => ({ body: 'open' }) });
app.http('off', { ...anonymous, methods: ['GET'], handler: () => ({ body: 'off' }) });
app.http('keyed', { authLevel: 'function', methods: ['GET', 'POST'], handler: () => ({ body: 'keyed' }) });
app.http('administered', { authLevel: 'admin', methods: ['GET'], handler: () => ({ body: 'admin' }) });

const membersRoute = 'connections/{connectionId}/groups/{groupId}/members';
app.http('readMembers', {
  authLevel: 'function',
  methods: ['GET'],
  route: membersRoute,
  handler: ({ params, query }) => ({ jsonBody: { params, top: query.get('top') } }),
});
app.http('writeMembers', {
  authLevel: 'function',
  methods: ['PUT', 'PATCH', 'DELETE'],
  route: membersRoute,
  handler: async (request) => ({ jsonBody: { method: request.method, body: await request.text() } }),
});

const params = (request: HttpRequest) => ({ jsonBody: request.params });
app.http('params', {
  ...anonymous,
  methods: ['GET'],
  route: 'things/{thing}/parts/{number:int?}',
  handler: params,
});
app.http('rest', { ...anonymous, methods: ['GET'], route: 'files/{*path}', handler: params });

app.http('echo', {
  ...anonymous,
  methods: ['POST'],
  handler: async (request, context) => {
    const bytes = Buffer.from(await request.arrayBuffer());
    return {
      status: 201,
      headers: { 'x-answer': 'yes' },
      cookies: [
        { name: 'a', value: '1' },
        { name: 'b', value: '2', httpOnly: true },
      ],
      jsonBody: {
        url: request.url,
        bytes: bytes.toString('base64'),
        query: Object.fromEntries(request.query),
        header: request.headers.get('x-given'),
        trace: context.traceContext,
      },
    };
  },
});
app.http('sees', {
  ...anonymous,
  methods: ['GET', 'POST'],
  route: 'sees/{id}',
  handler: async (request) => {
    const { url, params, headers } = request;
    return { jsonBody: { url, params, headers: Object.fromEntries(headers), body: await request.text() } };
  },
});
app.http('blocks', {
  ...anonymous,
  methods: ['GET'],
  handler: (_request, context) => {
    context.log('blocks');
    const until = performance.now() + 1_000;
    while (performance.now() < until);
    return { body: 'blocked' };
  },
});
app.http('size', {
  ...anonymous,
  methods: ['POST', 'PUT'],
  handler: async (request) => ({ body: String((await request.arrayBuffer()).byteLength) }),
});
app.http('refuses', { ...anonymous, methods: ['POST'], handler: () => ({ status: 413, body: 'too long' }) });
app.http('throws', {
  ...anonymous,
  methods: ['GET', 'POST'],
  handler: () => {
    throw new Error('secret inner text');
  },
});
// JavaScript may return nothing, whatever the types say.
app.http('silent', { ...anonymous, methods: ['GET'], handler: () => undefined as never });
app.http('slow', {
  ...anonymous,
  methods: ['GET'],
  handler: async (_request, context) => {
    context.log('waits');
    await delay(60_000);
    return {};
  },
});
app.http('lingers', {
  ...anonymous,
  methods: ['GET'],
  handler: async (_request, context) => {
    context.log('lingers');
    await delay(200);
    context.log('lingered');
    return { body: 'late' };
  },
});
app.http('counts', {
  ...anonymous,
  methods: ['POST'],
  handler: async (request, context) => {
    let bytes = 0;
    try {
      for await (const chunk of request.body ?? []) {
        bytes += chunk.length;
        context.log(`got ${bytes}`);
      }
    } catch {
      context.log('the body broke off');
    }
    return { body: String(bytes) };
  },
});
app.http('burst', {
  ...anonymous,
  methods: ['POST'],
  handler: async (request) => {
    const body = await request.text();
    await delay(50);
    return { body };
  },
});
