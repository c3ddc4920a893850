import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { groupsRole } from '../../local/stand-ins/identity/token-issuer.ts';
import { runCli } from '../integration/cli/run-cli.ts';
import { createWorkspace } from '../integration/cli/workspace.ts';
import { openStorage, type Storage } from '../support/storage.ts';
import { until } from '../support/until.ts';
import { documentedEvent, oktaEvent } from '../unit/sources/events.ts';
import type { Reply } from './client.ts';
import { type DeclaredClient, startDeclaredClient } from './declared-client.ts';

const ann = '6f8d1c1e-52a4-4a0a-9d65-0b7a5c4f0a11';
const oktaGroup = '00g3vcxkvkIPY52jL4x7';
const problem = (code: string) => ({ type: `urn:problem-type:${code}` });

const served = {
  SOURCE_OKTA_SECRETS: 'okta-new,okta-old',
  SOURCE_OKTA_CONNECTION: 'contosohr',
  SOURCE_GITLAB_SECRETS: 'gitlab-token',
  SOURCE_GITLAB_CONNECTION: 'contosohr',
  SOURCE_AUTH0_SECRETS: 'auth0-token',
  SOURCE_AUTH0_CONNECTION: 'contosohr',
};
const directory = { roles: [groupsRole, 'User.ReadBasic.All'] };

interface Sender extends DeclaredClient {
  readonly storage: Storage;
  /** A request to `/api/sources/{path}`, with the function key unless headers say otherwise. */
  readonly source: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string | undefined>,
  ) => Promise<Reply>;
  readonly okta: (event: unknown, secret?: string) => Promise<Reply>;
  readonly group: (id: string) => { readonly displayName: string | null } | undefined;
}

async function startSender(env: Record<string, string>): Promise<Sender> {
  const client = await startDeclaredClient({ env: { ...served, ...env }, tokens: directory });
  const { stack } = client;
  const source: Sender['source'] = async (method, path, body, headers = {}) => {
    const all = {
      'x-functions-key': stack.functionKey,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    };
    const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${stack.host?.url}/api/sources/${path}`, {
      method,
      headers: given,
      ...(body === undefined ? {} : { body: text }),
    });
    const answer = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: answer === '' ? {} : JSON.parse(answer),
    };
  };
  return {
    ...client,
    storage: openStorage(stack.azurite.connectionString),
    source,
    okta: (event, authorization = 'okta-new') => source('POST', 'okta', event, { authorization }),
    group: (id) => stack.graph.groups().find((group) => group.id === id),
  };
}

describe('a source', () => {
  let client: Sender;
  beforeAll(async () => {
    client = await startSender({ MEMBER_NAMES: 'upn,mail', DEFERRAL_GIVE_UP_AFTER: 'PT3S' });
  });
  afterAll(() => client.close());
  beforeEach(async () => {
    client.stack.graph.setFaults([]);
    await client.storage.clear();
  });

  it('without settings, or that does not exist, is 404; without a key nothing is', async () => {
    const { source } = client;
    for (const name of ['nosuch', 'Okta', '__proto__'])
      expect(await source('POST', name, {}, { authorization: 'okta-new' })).toMatchObject({
        status: 404,
        body: problem('source-not-found'),
      });
    expect((await source('POST', 'okta', {}, { 'x-functions-key': undefined })).status).toBe(401);
  });

  it('answers the challenge of Okta, with the key in the address too', async () => {
    const challenge = { 'x-okta-verification-challenge': 'abc-123', 'x-functions-key': undefined };
    const path = `okta?code=${client.stack.functionKey}`;
    expect(await client.source('GET', path, undefined, challenge)).toMatchObject({
      status: 200,
      body: { verification: 'abc-123' },
    });
    expect(await client.source('GET', 'okta')).toMatchObject({ status: 404 });
  });

  it('answers the handshake of CloudEvents', async () => {
    const asked = { 'webhook-request-origin': 'contoso.eu.auth0.com' };
    const { status, headers } = await client.source('OPTIONS', 'auth0', undefined, asked);
    expect([status, headers.get('webhook-allowed-origin')]).toEqual([200, 'contoso.eu.auth0.com']);
  });

  it('is believed by either of its secrets, and nothing is said of the body before that', async () => {
    const test = oktaEvent({ eventType: 'user.session.start' });
    expect((await client.okta(test, 'okta-old')).status).toBe(202);
    for (const wrong of ['okta', 'okta-new,okta-old', 'Bearer okta-new'])
      expect(await client.okta('{not json', wrong)).toMatchObject({
        status: 401,
        body: problem('signature-invalid'),
      });
    expect(await client.okta('{not json')).toMatchObject({ status: 400, body: problem('malformed-json') });
  });

  it('takes an event that its dead letter can hold, and no longer one', async () => {
    const event = (bytes: number) =>
      oktaEvent({ eventType: 'user.session.start', padding: 'x'.repeat(bytes) });
    expect((await client.okta(event(38 * 1024))).status).toBe(202);
    for (const bytes of [44 * 1024, 66 * 1024, 300 * 1024])
      expect(await client.okta(event(bytes))).toMatchObject({
        status: 413,
        body: problem('payload-too-large'),
      });
  });

  it('hears 202 while Graph is down, and its change is made when Graph is back', async () => {
    client.stack.graph.setFaults([{ match: {}, fault: { kind: 'status', status: 503 } }]);
    const reply = await client.okta(documentedEvent('okta-membership-add'));
    expect(reply).toMatchObject({ status: 202, body: { source: 'okta' } });
    await until(async () => ((await client.storage.count('changes')) > 0 ? true : null));
    client.stack.graph.setFaults([]);
    // Throttled lookups of names wait as changes do.
    await client.okta(documentedEvent('okta-membership-add'));
    await until(() => (client.inGraph(oktaGroup)?.includes(ann) ? true : null));
    expect(client.group(oktaGroup)).toMatchObject({ displayName: 'Night shift' });
  });

  it('removes whom it says, whatever comes late or twice', async () => {
    const [add, remove] = ['add', 'remove'].map((what) => documentedEvent(`okta-membership-${what}`));
    await client.okta(remove);
    await until(() => (client.inGraph(oktaGroup)?.length === 0 ? true : null));
    await client.okta(add);
    await client.okta(oktaEvent({ eventType: 'group.profile.update', published: '2026-03-28T00:00:00Z' }));
    await until(async () => ((await client.storage.count('changes')) === 0 ? true : null));
    expect(client.inGraph(oktaGroup)).toEqual([]);
  });

  it('of GitLab and Auth0 make their groups too', async () => {
    const gitlab = (name: string) =>
      client.source('POST', 'gitlab', documentedEvent(name), { 'x-gitlab-token': 'gitlab-token' });
    const auth0 = (name: string) =>
      client.source('POST', 'auth0', documentedEvent(name), { authorization: 'Bearer auth0-token' });
    await gitlab('gitlab-member-add');
    await auth0('auth0-group-created');
    await auth0('auth0-member-added');
    for (const id of ['100', 'grp9kPq2mXw7RtYvA'])
      await until(() => (client.inGraph(id)?.includes(ann) ? true : null));
    await gitlab('gitlab-member-remove');
    await auth0('auth0-member-deleted');
    for (const id of ['100', 'grp9kPq2mXw7RtYvA'])
      await until(() => (client.inGraph(id)?.length === 0 ? true : null));
    await gitlab('gitlab-subgroup-destroy');
    await until(() => (client.inGraph('100') === null ? true : null));
  });

  it('changes its own connection, whatever an event says', async () => {
    const calls = () => client.stack.graph.calls().filter(({ path }) => path.includes('fabrikam'));
    const target = [{ id: 'foreign1', type: 'UserGroup', displayName: 'Foreign' }];
    const event = { eventType: 'group.lifecycle.create', connectionId: 'fabrikam', target };
    await client.okta({ connectionId: 'fabrikam', ...oktaEvent(event) });
    await until(() => client.group('foreign1') ?? null);
    expect(calls()).toEqual([]);
    // Nor does a message on the queue say another one.
    await client.storage.sendJson(
      { source: 'okta', connectionId: 'fabrikam', event: oktaEvent({ ...event, target }) },
      'changes',
    );
    const letter = await until(async () => (await client.storage.deadLetters())[0] ?? null);
    expect(letter).toMatchObject({ error: { code: 'validation-failed' } });
    expect(calls()).toEqual([]);
  });

  it('that has hidden the address of whom it removes leaves a dead letter with the event', async () => {
    const event = { ...documentedEvent('gitlab-member-remove'), user_email: '[REDACTED]' };
    await client.source('POST', 'gitlab', event, { 'x-gitlab-token': 'gitlab-token' });
    const letter = await until(async () => (await client.storage.deadLetters())[0] ?? null);
    expect(letter).toMatchObject({
      source: 'gitlab',
      event,
      receivedDateTime: expect.any(String),
      queue: 'external-group-changes',
      error: { code: 'mapping-failed', detail: expect.stringContaining('user_email') },
    });
  });

  it('that names somebody unknown is a dead letter at last, and the others are recorded', async () => {
    const user = (upn: string) => [
      { id: '00u1', type: 'User', alternateId: upn },
      { id: 'mixed1', type: 'UserGroup', displayName: 'Mixed' },
    ];
    const { data } = oktaEvent({ target: user('nobody@contoso.com') }) as { data: { events: object[] } };
    await client.okta({
      data: { events: [...data.events, { ...data.events[0], target: user('ann@contoso.com') }] },
    });
    await until(() => (client.inGraph('mixed1')?.includes(ann) ? true : null));
    const letter = await until(async () => (await client.storage.deadLetters())[0] ?? null);
    expect(letter).toMatchObject({
      source: 'okta',
      error: { code: 'members-refused', errors: [{ pointer: '/changes/1/add/0', detail: 'not-found' }] },
    });
  });

  it('that nobody serves is a dead letter on the queue', async () => {
    await client.storage.sendJson({ source: 'nosuch', event: {} }, 'changes');
    const letter = await until(async () => (await client.storage.deadLetters())[0] ?? null);
    expect(letter).toMatchObject({ source: 'nosuch', event: {}, error: { code: 'source-not-found' } });
  });

  it('leaves no name of an event, and no secret, in a log line or in telemetry', async () => {
    const target = [
      { id: '00u1', type: 'User', alternateId: 'canary.person@contoso.com', displayName: 'Canary Person' },
      { id: 'canary1', type: 'UserGroup', displayName: 'Canary Group' },
    ];
    await client.okta(oktaEvent({ target }));
    await client.okta(oktaEvent({ target: [...target, ...target] }));
    await client.okta(oktaEvent({ eventType: 'user.session.start', target }));
    await client.okta(oktaEvent({ target }), 'canary-secret');
    await until(async () => ((await client.storage.deadLetters()).length === 2 ? true : null));
    await client.stack.host?.stop();
    const items = client.stack.telemetry.items();
    const told = `${client.stack.hostLines().join('\n')}${JSON.stringify(items)}`;
    expect(told).toContain('externalGroups.sources.ignored');
    expect(told).not.toMatch(/canary.person|canary.group|canary-secret|okta-new|okta-old|ann@contoso/i);
  });
});

describe('the dead letter of an event', () => {
  it('is redriven once what kept it from being mapped is mended', async () => {
    const client = await startSender({ MEMBER_NAMES: 'mail' });
    const workspace = await createWorkspace();
    try {
      await client.okta(documentedEvent('okta-membership-add'));
      const letter = await until(async () => (await client.storage.deadLetters())[0] ?? null);
      expect(letter).toMatchObject({ error: { code: 'mapping-failed' } });
      expect(letter.error).toMatchObject({ detail: expect.stringContaining('MEMBER_NAMES') });
      expect(client.inGraph(oktaGroup)).toEqual([]);

      await client.stack.host?.stop();
      await client.stack.startHost({ MEMBER_NAMES: 'mail,upn' });
      await workspace.writeStack({ storage: client.stack.azurite.connectionString });
      const redriven = await runCli(['dead-letters', 'redrive', '--all', '--yes', '--json'], {
        folder: workspace.folder,
      });
      expect(redriven).toMatchObject({ code: 0, stderr: '' });
      await until(() => (client.inGraph(oktaGroup)?.includes(ann) ? true : null));
      expect(await client.storage.count('deadLetters')).toBe(0);

      await workspace.write('event.json', JSON.stringify(documentedEvent('okta-membership-remove'), null, 2));
      const sent = await runCli(['send', '--source', 'okta', 'event.json'], { folder: workspace.folder });
      expect(sent).toMatchObject({ code: 0, stdout: expect.stringContaining('queued as an event of okta') });
      await until(() => (client.inGraph(oktaGroup)?.length === 0 ? true : null));
    } finally {
      await workspace.remove();
      await client.close();
    }
  });
});
