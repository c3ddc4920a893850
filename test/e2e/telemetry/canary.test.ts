import { randomBytes, randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GraphFault } from '../../../local/stand-ins/graph/faults.ts';
import { openStorage } from '../../support/storage.ts';
import { until } from '../../support/until.ts';
import { type Client, startClient } from '../client.ts';
import { received } from './received.ts';

const canary = (what: string) => `CANARY-${what}-${randomBytes(6).toString('hex')}`;
const secret = `whsec_${randomBytes(24).toString('base64')}`;
const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** Everything that the SDKs can be made to log. */
const talkative = {
  AZURE_LOG_LEVEL: 'verbose',
  OTEL_LOG_LEVEL: 'ALL',
  APPLICATIONINSIGHTS_INSTRUMENTATION_LOGGING_LEVEL: 'VERBOSE',
  AzureFunctionsJobHost__logging__logLevel__default: 'Trace',
};

describe('of what is private', () => {
  let client: Client;
  const planted = new Map<string, string>([
    ['webhook secret', secret],
    ['webhook secret, bare', secret.slice('whsec_'.length)],
    ['account key', accountKey],
    ['token', 'eyJ'],
  ]);
  const plant = (what: string) => {
    const text = canary(what);
    planted.set(what, text);
    return text;
  };

  beforeAll(async () => {
    client = await startClient({
      env: {
        ...talkative,
        WEBHOOK_SECRETS: secret,
        GRAPH_DEADLINE: 'PT5S',
        DEFERRAL_GIVE_UP_AFTER: 'PT1S',
      },
    });
    planted.set('function key', client.stack.functionKey);
    planted.set('identity header', client.stack.identity.header);
  });
  afterAll(() => client.close());

  function signed(body: unknown): { text: string; headers: Record<string, string> } {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const id = randomUUID();
    const at = new Date();
    const signature = new Webhook(secret).sign(id, at, text);
    planted.set(`signature ${id}`, signature.slice('v1,'.length));
    const stamp = String(Math.floor(at.getTime() / 1000));
    return {
      text,
      headers: { 'webhook-id': id, 'webhook-timestamp': stamp, 'webhook-signature': signature },
    };
  }

  const post = (body: unknown, more: Record<string, string> = {}) => {
    const { text, headers } = signed(body);
    return client.post(text, { headers: { ...headers, ...more } });
  };
  const group = (id: string) => ({
    id,
    displayName: plant(`name-${id}`),
    description: plant(`description-${id}`),
  });

  /** A member whose id is a person's. */
  function person(what: string) {
    const id = randomUUID();
    planted.set(`member ${what}`, id);
    return { type: 'user', id };
  }

  const isAsked = (operation: string, id: string) =>
    client.stack.graph.calls().some((call) => call.operation === operation && call.groupId === id);

  /** Adds and removes members while Graph returns every kind of response. */
  async function declareUnderFaults(): Promise<void> {
    const { stack } = client;
    const key = { 'x-functions-key': stack.functionKey };
    let sequence = 0;
    const change = async (groupId: string, content: object) => {
      sequence += 1;
      const { text, headers } = signed({ connectionId: 'contosohr', groupId, sequence, ...content });
      await fetch(`${stack.host?.url}/api/changes`, {
        method: 'POST',
        headers: { ...key, ...headers, 'content-type': 'application/json' },
        body: text,
      });
    };
    const added = person('added');
    const message = plant('member-message');
    const faults: readonly (GraphFault | null)[] = [
      null,
      { kind: 'status', status: 400, message },
      { kind: 'status', status: 404, message },
      { kind: 'status', status: 403, message },
      { kind: 'status', status: 503, body: 'html', message },
      { kind: 'late', ms: 600_000, answer: 'reset' },
      { kind: 'hang' },
    ];
    for (const [index, fault] of faults.entries()) {
      const id = `declared${index}`;
      const member = fault === null ? added : person(`under fault ${index}`);
      stack.graph.putGroup('contosohr', { ...group(id), id });
      stack.graph.setFaults(fault === null ? [] : [{ match: { memberId: member.id }, fault }]);
      await change(id, { add: [member] });
      await until(async () => isAsked('add-member', id));
    }
    stack.graph.setFaults([]);
    await change('declared0', { remove: [added] });
    await until(async () => isAsked('remove-member', 'declared0'));
    await change('declared0', { add: [{ ...person('broken'), x: 1 }] });
    const members = '/api/connections/contosohr/groups/declared0/members';
    for (const method of ['GET', 'PATCH'])
      await fetch(`${stack.host?.url}${members}`, { method, headers: key });
  }

  it('nothing is in any signal, in any line of output, whatever goes wrong', async () => {
    const { stack } = client;
    const queues = openStorage(stack.azurite.connectionString);

    // Every kind of response, with Graph's error details.
    expect((await post(group('created'))).status).toBe(201);
    const same = group('same');
    stack.graph.putGroup('contosohr', same);
    expect((await post(same)).status).toBe(200);
    stack.graph.putGroup('contosohr', group('conflict'));
    expect((await post(group('conflict'))).status).toBe(409);
    const message = plant('graph-message');
    const graphFaults: readonly (readonly [GraphFault, number])[] = [
      [{ kind: 'status', status: 400, message, code: 'BadRequest' }, 422],
      [{ kind: 'status', status: 400, body: 'text', message }, 422],
      [{ kind: 'status', status: 403, message }, 502],
      [{ kind: 'status', status: 503, body: 'html', message }, 202],
      [{ kind: 'status', status: 200, body: 'broken-json', message }, 202],
      [{ kind: 'redirect', location: `https://elsewhere.example/?code=${plant('location')}` }, 202],
      [{ kind: 'throttle', retryAfter: plant('retry-after') }, 202],
      [{ kind: 'hang' }, 202],
      [{ kind: 'reset' }, 202],
      [{ kind: 'truncate' }, 202],
    ];
    for (const [index, [fault, status]] of graphFaults.entries()) {
      stack.graph.setFaults([{ fault }]);
      expect((await post(group(`fault${index}`))).status, JSON.stringify(fault)).toBe(status);
    }
    stack.graph.setFaults([]);

    // Every kind of refusal over HTTP.
    const refused = [
      await client.post(group('unsigned')),
      await client.post(JSON.stringify(group('badlysigned')), {
        headers: { ...signed('other').headers, 'x-request-id': 'harmless' },
      }),
      await post(`{"id": "${plant('broken-json')}`),
      await post({ ...group('unknown'), [plant('member')]: plant('member-value') }),
      await post(group('header'), { 'x-request-id': `not ok: ${plant('request-id')}` }),
      await post(group('type'), { 'content-type': `text/${plant('media-type')}` }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([401, 401, 400, 400, 201, 415]);
    await fetch(`${stack.host?.url}/api/connections/contosohr/groups?code=${plant('wrong-key')}`, {
      method: 'POST',
    });
    await client.get('/api/operations/none');
    await client.get('/api/health', { authorization: `Bearer ${plant('bearer')}`, cookie: plant('cookie') });

    // The identity endpoint fails, and then storage refuses.
    stack.graph.expireTokens();
    stack.identity.setFault({ kind: 'status', status: 500 });
    await post(group('notoken'));
    stack.identity.setFault(undefined);

    // Messages on the queue.
    await queues.send('work', Buffer.from(plant('not-json')).toString('base64'));
    await queues.send('work', plant('not-base64'));
    await queues.sendJson({ connectionId: plant('connection'), group: group('queued1') });
    await queues.sendJson({
      connectionId: 'contosohr',
      group: group('queued2'),
      [plant('field')]: plant('value'),
    });
    await queues.sendJson({
      connectionId: 'contosohr',
      group: { ...group('x'), id: plant('id with spaces ') },
    });
    await queues.sendJson({
      connectionId: 'contosohr',
      group: group('queued3'),
      traceparent: plant('trace'),
    });
    stack.graph.setFaults([
      { match: { groupId: 'queued4' }, fault: { kind: 'status', status: 400, message } },
    ]);
    await queues.sendJson({ connectionId: 'contosohr', group: group('queued4') });
    await declareUnderFaults();
    await queues.sendJson({ add: [person('half')] }, 'changes');
    const change = { connectionId: 'contosohr', groupId: 'queued', sequence: 1, add: [person('queued')] };
    await queues.sendJson(change, 'changes');
    await until(async () => isAsked('add-member', 'queued'));
    await until(async () => (await queues.count('work')) === 0);
    await expect.poll(() => queues.count('deadLetters')).toBeGreaterThanOrEqual(6);

    await stack.host?.stop();
    expect(received(stack).events.length).toBeGreaterThan(20);
    expectNothingPlanted();
  });

  it('nothing is in what a start with wrong settings says', async () => {
    const { stack } = client;
    const wrong = {
      WEBHOOK_SECRETS: plant('secret-setting'),
      AzureWebJobsStorage: `AccountName=account;AccountKey=${plant('key-setting')}`,
      APPLICATIONINSIGHTS_CONNECTION_STRING: plant('connection-string'),
    };
    await expect(stack.startHost(wrong)).rejects.toThrow(/WEBHOOK_SECRETS/);
    expectNothingPlanted();
  });

  /** Searches for each canary verbatim, and in the encodings used on the way. */
  function expectNothingPlanted(): void {
    const output = client.stack.hostLines().join('\n');
    expect(output.length).toBeGreaterThan(1_000);
    for (const [what, text] of planted) {
      for (const form of [
        text,
        encodeURIComponent(text),
        Buffer.from(text).toString('base64').replace(/=+$/, ''),
      ]) {
        expect(client.stack.telemetry.search(form).length, `telemetry: ${what}`).toBe(0);
        const at = output.indexOf(form);
        expect(at < 0 ? null : output.slice(Math.max(0, at - 300), at + 200), `output: ${what}`).toBeNull();
      }
    }
  }
});
