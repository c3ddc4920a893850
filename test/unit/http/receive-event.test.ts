import { describe, expect, it } from 'vitest';
import { createLengthCheck } from '../../../src/http/read-body.ts';
import { createReceiveEventEndpoint } from '../../../src/http/receive-event.ts';
import { createSignatures } from '../../../src/http/verify-signature.ts';
import { defineSource } from '../../../src/sources/define-source.ts';
import { createFindSource } from '../../../src/sources/served-sources.ts';
import type { Send } from '../../../src/storage/queues.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

async function post(send: Send, headers: Record<string, string> = {}) {
  const logged: string[] = [];
  const source = defineSource({
    verify: ({ headers }) => headers.get('authorization') === 'secret',
    map: () => [],
  });
  const settings = new Map([['hr', { secrets: ['secret'], connectionId: 'contosohr' }]]);
  const endpoint = createReceiveEventEndpoint({
    callers: {
      requireLength: createLengthCheck({ httpStreaming: false }),
      signatures: createSignatures([]),
      canonicalId: (id) => id,
    },
    findSource: createFindSource({ hr: source }, settings, (id) => id),
    send,
    now: () => Date.UTC(2026, 0, 1),
  });
  const all = { authorization: 'secret', 'content-type': 'application/json', ...headers };
  const request = new Request('http://localhost/api/sources/hr?code=key', {
    method: 'POST',
    headers: all,
    body: '{"login": "ann@contoso.com"}',
  });
  const answer = await endpoint(
    {
      method: 'POST',
      url: request.url,
      headers: request.headers,
      params: { source: 'hr' },
      body: request.body as ReadableStream<Uint8Array>,
    },
    {
      invocationId: 'i1',
      traceContext: { traceParent: traceparent },
      log: (_level, line) => void logged.push(line),
    },
  );
  return { answer, body: JSON.parse(answer.body), logged };
}

describe('an event of a source', () => {
  it('goes on the queue as it came, in the trace of its request', async () => {
    const sent: unknown[] = [];
    const { answer } = await post(async (queue, content, options) => {
      sent.push({ queue, content, options });
      return { messageId: '', popReceipt: '', insertedOn: 0 };
    });
    expect(answer.status).toBe(202);
    expect(sent).toEqual([
      {
        queue: 'external-group-changes',
        content: {
          source: 'hr',
          event: { login: 'ann@contoso.com' },
          receivedDateTime: '2026-01-01T00:00:00.000Z',
          traceparent: expect.stringContaining('0af7651916cd43dd8448eb211c80319c'),
        },
        // Okta gives up after three seconds.
        options: { delay: 0, within: 2_500 },
      },
    ]);
  });

  it('that the queue does not take is 503, and nothing is claimed', async () => {
    const { answer, body, logged } = await post(() => Promise.reject(new Error('storage is gone')));
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': expect.any(String) } });
    expect(body.type).toBe('urn:problem-type:deferral-unavailable');
    expect(body.instance).toBe('/api/sources/hr');
    expect(logged.join()).toContain('storage is gone');
    expect(logged.join()).not.toContain('ann@');
  });

  it('without proof is 401, whatever its media type', async () => {
    const never = () => Promise.reject(new Error('sent'));
    const { answer } = await post(never, { authorization: 'other', 'content-type': 'text/plain' });
    expect(answer.status).toBe(401);
    expect((await post(never, { 'content-type': 'text/plain' })).answer.status).toBe(415);
  });
});
