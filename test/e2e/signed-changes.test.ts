import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeclaredClient, freshId, startDeclaredClient, user } from './declared-client.ts';

const problem = (code: string) => `urn:problem-type:${code}`;
const secret = (text: string) => `whsec_${Buffer.from(text.padEnd(32, '.')).toString('base64')}`;
const ours = secret('contosohr');
const theirs = secret('fabrikam');

function signed(text: string, by = ours) {
  const at = new Date();
  return {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(by).sign('msg_1', at, text),
  };
}

describe('a connection whose changes must be signed', () => {
  let client: DeclaredClient;
  beforeAll(async () => {
    client = await startDeclaredClient({
      env: { WEBHOOK_SECRETS: `contosohr=${ours},fabrikam=${theirs}` },
    });
  });
  afterAll(() => client.close());

  const message = (groupId: string, content: object) =>
    JSON.stringify({ connectionId: 'contosohr', groupId, ...content });

  it('takes a whole life of a group at one address, and says so of nothing else', async () => {
    const groupId = freshId();
    const steps = [
      [
        { sequence: 1, group: { displayName: 'Night' } },
        { state: 'applied', displayName: 'Night' },
      ],
      [{ sequence: 2, members: [user(1), user(2)] }, { members: { applied: 2 } }],
      [{ sequence: 3, remove: [user(1)] }, { members: { applied: 1 } }],
      [{ sequence: 3, remove: [user(1)] }, { superseded: true }],
      [{ retry: true }, { state: 'applied' }],
      [
        { sequence: 4, delete: true, dryRun: true },
        { dryRun: true, group: 'delete' },
      ],
      [
        { sequence: 5, delete: true },
        { deleted: true, state: 'applied' },
      ],
    ] as const;
    for (const [content, expected] of steps) {
      const text = message(groupId, content);
      const unsigned = await client.change(text);
      expect([unsigned.status, unsigned.body.type]).toEqual([401, problem('signature-invalid')]);
      const foreign = await client.change(text, signed(text, theirs));
      expect([foreign.status, foreign.body.type]).toEqual([401, problem('signature-invalid')]);
      expect(await client.change(text, signed(text))).toMatchObject({ status: 200, body: expected });
    }
    expect(client.inGraph(groupId)).toBe(null);
  });

  it('takes an event as well', async () => {
    const groupId = freshId();
    const data = { connectionId: 'contosohr', groupId, group: { displayName: 'Night' } };
    const event = {
      specversion: '1.0',
      id: '1',
      source: '/hr',
      type: 'x',
      time: '2026-11-25T12:00:00Z',
      data,
    };
    const text = JSON.stringify(event);
    const type = { 'content-type': 'application/cloudevents+json' };
    expect(await client.change(text, { ...type, ...signed(text) })).toMatchObject({
      status: 200,
      body: { state: 'applied', sequence: Date.parse(event.time) },
    });
    const batch = { 'content-type': 'application/cloudevents-batch+json' };
    const reply = await client.change(`[${text}]`, { ...batch, ...signed(`[${text}]`) });
    expect([reply.status, reply.body.type]).toEqual([415, problem('unsupported-media-type')]);
  });

  it.each([
    ['PUT', '/x', '{'],
    ['DELETE', '/x', undefined],
    ['PUT', '/x/members', '{'],
    ['PATCH', '/x/members', '{'],
  ])('has no other way to change it: %s groups%s', async (method, path, body) => {
    for (const headers of [{}, signed(body ?? '')]) {
      const reply = await client.ask(method, path, body, headers);
      expect([reply.status, reply.body.type]).toEqual([403, problem('signed-changes-only')]);
    }
  });

  it.each([
    ['/x', 404],
    ['/x/members', 404],
    ['', 200],
  ])('is read with the key alone: GET groups%s', async (path, status) => {
    expect((await client.ask('GET', path)).status).toBe(status);
  });
});
