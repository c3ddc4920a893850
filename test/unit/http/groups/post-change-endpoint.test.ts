import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { createSignatures } from '../../../../src/http/verify-signature.ts';
import { createCaller, record } from './caller.ts';

const about = { connectionId: 'contosohr', groupId: 'night' };
const user = (number: number) => ({
  type: 'user',
  id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
});
const problem = (code: string) => `urn:problem-type:${code}`;
const event = { specversion: '1.0', id: '1', source: '/hr', type: 'contoso.shift.changed' };
const asEvent = { headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' } };

describe('a posted change', () => {
  it.each([
    [{ group: { displayName: 'Night' } }, { kind: 'put-group', displayName: 'Night', description: null }],
    [{ delete: true }, { kind: 'delete-group' }],
    [
      { members: [user(1)], removals: 12 },
      { kind: 'put-members', members: [user(1)], removals: 12 },
    ],
    [
      { add: [user(1)], remove: [user(2)] },
      { kind: 'patch-members', add: [user(1)], remove: [user(2)] },
    ],
  ])('%j is declared', async (content, change) => {
    const { postChange, changes } = createCaller();
    expect(await postChange({ ...about, sequence: 7, ...content })).toMatchObject({
      status: 200,
      body: record,
    });
    expect(changes).toEqual([{ ...about, sequence: 7, ...change }]);
  });

  it.each(['retry', 'reassert'] as const)('may be a %s, without a sequence', async (kind) => {
    const { postChange, changes } = createCaller();
    expect((await postChange({ ...about, [kind]: true })).status).toBe(200);
    expect(changes).toEqual([{ ...about, kind }]);
  });

  it('is answered as the other routes are', async () => {
    const { postChange, declares, options } = createCaller();
    declares(() => Promise.resolve({ kind: 'recorded', record, retryAfter: 3 }));
    const reply = await postChange(
      { ...about, sequence: 1, delete: true },
      { headers: { prefer: 'respond-async' } },
    );
    expect(reply).toMatchObject({
      status: 202,
      headers: {
        location: '/api/connections/contosohr/groups/night',
        'retry-after': '3',
        'preference-applied': 'respond-async',
      },
    });
    expect(options).toMatchObject([{ source: 'http', patience: 0 }]);
  });

  it('with dryRun says what would be done, without it being so', async () => {
    const { postChange, plans, options } = createCaller();
    const counted = { group: 'create', members: { add: 0, remove: 0, unchanged: 0 } } as const;
    plans(() => Promise.resolve(counted));
    const message = { ...about, sequence: 1, group: {}, dryRun: true };
    for (const reply of [await postChange(message), await postChange({ ...event, data: message }, asEvent)])
      expect(reply).toMatchObject({ status: 200, body: { dryRun: true, ...counted } });
    expect(options).toEqual([]);
    await postChange({ ...message, dryRun: false });
    expect(options).toHaveLength(1);
  });

  it.each([
    ['no sequence', { group: {} }, '/sequence', 'dependentRequired'],
    ['nothing to do', { sequence: 1 }, '', 'oneOf'],
    ['two things to do', { sequence: 1, group: {}, delete: true }, '', 'oneOf'],
    ['the adapter’s own look', { look: 1 }, '/look', 'additionalProperties'],
    [
      'what the adapter’s own messages carry',
      { retry: true, attempts: 1 },
      '/attempts',
      'additionalProperties',
    ],
    ['a dryRun that is a text', { retry: true, dryRun: 'true' }, '/dryRun', 'type'],
    ['a group with an id', { sequence: 1, group: { id: 'night' } }, '/group/id', 'additionalProperties'],
    ['characters that the setting does not allow', { groupId: 'a-b', retry: true }, '/groupId', 'pattern'],
    ['a connection that cannot be', { connectionId: 'Teams', retry: true }, '/connectionId', 'not'],
    ['a member by mail', { sequence: 1, add: [{ type: 'user', id: 'a@b.c' }] }, '/add/0/id', 'pattern'],
    ['one member in both', { sequence: 1, add: [user(1)], remove: [user(1)] }, '/remove/0', 'not'],
  ])('with %s is 400 with a pointer into the body', async (_what, content, pointer, keyword) => {
    const { postChange, changes } = createCaller();
    const reply = await postChange({ ...about, ...content });
    expect([reply.status, reply.body.type]).toEqual([400, problem('validation-failed')]);
    expect(reply.body.errors).toContainEqual({ in: 'body', pointer, keyword, detail: expect.any(String) });
    expect(changes).toEqual([]);
  });

  it('takes nothing from the query, which no signature covers', async () => {
    const reply = await createCaller().postChange({ ...about, sequence: 1 }, { query: '?dryRun=true' });
    expect(reply.body.errors).toMatchObject([
      { in: 'query', pointer: '/dryRun' },
      { in: 'body', pointer: '' },
    ]);
  });

  it('may have 4 MiB, 50,000 members and a group of 32 KiB', async () => {
    const { postChange } = createCaller();
    const message = { ...about, sequence: 1 };
    const text = (length: number) => JSON.stringify({ ...message, delete: true }).padEnd(length, ' ');
    expect((await postChange(text(4_194_304))).status).toBe(200);
    expect((await postChange(text(4_194_305))).body.type).toBe(problem('payload-too-large'));
    const members = Array.from({ length: 50_001 }, (_, number) => user(number));
    expect(await postChange({ ...message, members })).toMatchObject({
      status: 413,
      body: { type: problem('too-many-members'), given: 50_001, allowed: 50_000 },
    });
    const group = { description: 'x'.repeat(33_000) };
    expect((await postChange({ ...message, group })).body.type).toBe(problem('payload-too-large'));
  });

  it.each(['text/plain', 'application/cloudevents-batch+json', ''])('declared as %j is 415', async (type) => {
    const reply = await createCaller().postChange([], { headers: { 'content-type': type } });
    expect(reply).toMatchObject({
      status: 415,
      body: { accepted: 'application/json, application/cloudevents+json' },
    });
  });
});

describe('an event with a change', () => {
  const data = { ...about, delete: true };
  const at = '2026-11-25T12:00:00.5+01:00';

  it.each([
    ['of the message', { sequence: 9, time: at }, { ...data, sequence: 3 }, 3],
    ['of the event', { sequence: 9, time: at }, data, 9],
    ['of the event as text', { sequence: '0009' }, data, 9],
    ['from its time', { time: at }, data, Date.parse(at)],
    ['from its time, without the sequence', { time: at, sequence: null }, data, Date.parse(at)],
  ])('has the sequence %s', async (_what, attributes, message, sequence) => {
    const { postChange, changes } = createCaller();
    expect((await postChange({ ...event, ...attributes, data: message }, asEvent)).status).toBe(200);
    expect(changes).toEqual([{ ...about, kind: 'delete-group', sequence }]);
  });

  it.each([
    ['no order at all', { data }, '/data/sequence', 'dependentRequired'],
    ['a sequence that is no number', { data, sequence: 'x' }, '/sequence', 'format'],
    ['a sequence of 2^53', { data, sequence: 2 ** 53 }, '/sequence', 'format'],
    ['a time that is none', { data, time: 'now' }, '/time', 'format'],
    ['a time before 1970', { data, time: '1969-12-31T23:59:59Z' }, '/time', 'format'],
    ['another version', { data, specversion: '0.3' }, '/specversion', 'const'],
    ['no id', { data, id: undefined }, '/id', 'required'],
    ['no data', {}, '/data', 'required'],
    ['data in base64', { data_base64: 'e30=' }, '/data', 'required'],
    ['data that is text', { data: '{}' }, '/data', 'type'],
    ['data of another type', { data, datacontenttype: 'text/xml' }, '/datacontenttype', 'pattern'],
    ['an error in its message', { data: { ...about, sequence: 1, add: [1] } }, '/data/add/0', 'type'],
    [
      'a group that cannot be',
      { data: { ...data, sequence: 1, groupId: 'a-b' } },
      '/data/groupId',
      'pattern',
    ],
  ])('with %s is 400', async (_what, attributes, pointer, keyword) => {
    const { postChange, changes } = createCaller();
    const reply = await postChange({ ...event, ...attributes }, asEvent);
    expect(reply.status).toBe(400);
    expect(reply.body.errors).toContainEqual({ in: 'body', pointer, keyword, detail: expect.any(String) });
    expect(changes).toEqual([]);
  });

  it('may say that its data is JSON, and have extensions', async () => {
    const { postChange } = createCaller();
    const attributes = { datacontenttype: 'application/vnd.contoso+json; v=1', sequence: 1, comexample: 'x' };
    expect((await postChange({ ...event, ...attributes, data }, asEvent)).status).toBe(200);
  });

  it('is none if it is declared as plain JSON', async () => {
    const reply = await createCaller().postChange({ ...event, sequence: 1, data });
    expect(reply.status).toBe(400);
  });
});

describe('the signature of a posted change', () => {
  const ours = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const theirs = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
  const bound = createSignatures([
    { connectionId: 'contosohr', secret: ours },
    { connectionId: 'fabrikam', secret: theirs },
  ]);
  const signed = (secret: string, text: string) => {
    const at = new Date();
    return {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign('msg_1', at, text),
    };
  };
  const text = (connectionId: string) =>
    JSON.stringify({ ...about, connectionId, sequence: 1, delete: true });

  it('is one by a secret of the connection in the body', async () => {
    const { postChange, changes } = createCaller({ signatures: bound });
    const headers = signed(ours, text('contosohr'));
    expect((await postChange(text('contosohr'), { headers })).status).toBe(200);
    for (const [body, by] of [
      [text('contosohr'), signed(theirs, text('contosohr'))],
      [text('fabrikam'), signed(ours, text('fabrikam'))],
      [text('CONTOSOHR'), signed(theirs, text('CONTOSOHR'))],
      [text('contosohr'), {}],
      [`${text('contosohr')} `, headers],
    ] as const)
      expect((await postChange(body, { headers: by })).body.type).toBe(problem('signature-invalid'));
    expect(changes).toHaveLength(1);
  });

  it('of an event is one by a secret of the connection in its data, not beside it', async () => {
    const { postChange, changes } = createCaller({ signatures: bound });
    const data = { ...about, connectionId: 'fabrikam', sequence: 1, delete: true };
    const body = JSON.stringify({ ...event, connectionId: 'contosohr', data });
    const type = asEvent.headers;
    const refused = await postChange(body, { headers: { ...type, ...signed(ours, body) } });
    expect(refused.body.type).toBe(problem('signature-invalid'));
    expect((await postChange(body, { headers: { ...type, ...signed(theirs, body) } })).status).toBe(200);
    expect(changes).toMatchObject([{ connectionId: 'fabrikam' }]);
  });

  it('is not asked for where no secret counts, nor where the body names no connection', async () => {
    const { postChange } = createCaller({ signatures: bound });
    expect((await postChange(text('litware'))).status).toBe(200);
    expect((await postChange('{')).body.type).toBe(problem('malformed-json'));
    expect((await postChange('{}')).body.type).toBe(problem('validation-failed'));
  });

  it('is always asked for if a secret counts for all: nothing is said about the body before it', async () => {
    const signatures = createSignatures([
      { connectionId: null, secret: ours },
      { connectionId: 'fabrikam', secret: theirs },
    ]);
    const { postChange } = createCaller({ signatures });
    for (const body of ['{', '{}', text('Teams'), text('litware')]) {
      const headers = { 'content-type': 'text/plain' };
      expect((await postChange(body, { headers })).body.type).toBe(problem('signature-invalid'));
    }
    expect((await postChange('{', { headers: signed(ours, '{') })).body.type).toBe(problem('malformed-json'));
    const other = await postChange(text('other'), { headers: signed(ours, text('other')) });
    expect(other.body.type).toBe(problem('connection-not-allowed'));
  });
});
