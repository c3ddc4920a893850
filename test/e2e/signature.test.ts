import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shellVariables } from '../../local/stack/welcome.ts';
import { document, runCli } from '../integration/cli/run-cli.ts';
import { type Client, example, type Reply, startClient } from './client.ts';

const secret = (text: string) => `whsec_${Buffer.from(text.padEnd(32, '.')).toString('base64')}`;
const current = secret('current');
const next = secret('next');
const bound = secret('bound to another connection');
const body = JSON.stringify(example);

interface Signing {
  readonly with?: string;
  readonly id?: string;
  /** Seconds that the sender's clock is ahead. */
  readonly ahead?: number;
}

/** The headers a sender adds to a delivery of `text`. */
function signed(text: string, { with: key = current, id = 'msg_1', ahead = 0 }: Signing = {}) {
  const at = new Date(Date.now() + ahead * 1000);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(key).sign(id, at, text),
  };
}

describe('a webhook that must be signed', () => {
  let client: Client;
  beforeAll(async () => {
    const env = {
      WEBHOOK_SECRETS: `${current},${next},fabrikam=${bound}`,
      EXTERNAL_CONNECTIONS: 'contosohr',
    };
    client = await startClient({ env });
  });
  afterAll(() => client.close());
  beforeEach(() => client.stack.graph.reset());

  const refused = ({ status, body: { type } }: Reply) => {
    expect([status, type]).toEqual([401, 'urn:problem-type:signature-invalid']);
    expect(client.stack.graph.calls()).toEqual([]);
  };

  it.each([
    ['the first secret', { with: current }],
    ['the second secret, while they rotate', { with: next }],
    ['a clock four minutes behind', { ahead: -240 }],
    ['a clock four minutes ahead', { ahead: 240 }],
  ])('is taken with %s', async (_what, signing: Signing) => {
    expect((await client.post(body, { headers: signed(body, signing) })).status).toBe(201);
  });

  it('is taken as docs/security.md signs it in a shell', async () => {
    const page = await readFile('docs/security.md', 'utf8');
    const [, script = ''] = /^```sh\n([\s\S]*?)^```$/m.exec(page) ?? [];
    const { sh } = shellVariables(client.stack, client.stack.host?.url ?? '');
    const env = { ...process.env, SECRET: current };
    const { stdout } = await promisify(execFile)('sh', ['-c', `set -u\n${sh}\n${script}`], { env });
    expect(stdout).toMatch(/^HTTP\/1\.1 201 /m);
  });

  it('is taken as `external-groups sign` signs it', async () => {
    const { stdout, code } = await runCli(['sign', '--body', body, '--signing-secret', 'MINE'], {
      folder: '.',
      env: { MINE: current },
    });
    expect(code).toBe(0);
    const headers = Object.fromEntries(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split(': ')),
    );
    expect((await client.post(body, { headers })).status).toBe(201);
    const fresh = await runCli(['sign', '--new-secret', '--json'], { folder: '.' });
    expect(document(fresh)).toEqual({ secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/) });
    const wrong = await runCli(['sign', '--body', body, '--signing-secret', 'NONE'], { folder: '.' });
    expect([wrong.code, wrong.stdout]).toEqual([2, '']);
  });

  it('is taken if one of several signatures is right, over the exact bytes', async () => {
    const spaced = `\n ${body.replaceAll(',', ' ,\t')}\r\n`;
    const headers = signed(spaced);
    const several = `v1,${Buffer.alloc(32).toString('base64')} v2,x ${headers['webhook-signature']}`;
    const reply = await client.post(spaced, { headers: { ...headers, 'webhook-signature': several } });
    expect(reply.status).toBe(201);
  });

  it.each<[string, Record<string, string | undefined>]>([
    ['nothing', {}],
    ['another secret', signed(body, { with: secret('another') })],
    ['the secret of another connection', signed(body, { with: bound })],
    ['other bytes', signed(`${body} `)],
    ['the id of another delivery', { ...signed(body), 'webhook-id': 'msg_2' }],
    ['no id', { ...signed(body), 'webhook-id': undefined }],
    ['no time', { ...signed(body), 'webhook-timestamp': undefined }],
    ['no signature', { ...signed(body), 'webhook-signature': undefined }],
    ['a time that is no number', { ...signed(body), 'webhook-timestamp': 'now' }],
    ['a signature that is no base64', { ...signed(body), 'webhook-signature': 'v1,☂'.slice(0, 3) }],
    ['a signature of no known version', { ...signed(body), 'webhook-signature': 'v9,AAAA' }],
    ['a time six minutes ago', signed(body, { ahead: -360 })],
    ['a time six minutes ahead', signed(body, { ahead: 360 })],
  ])('is refused with %s', async (_what, headers) => {
    refused(await client.post(body, { headers }));
    refused(await client.post(body, { headers: { ...headers, prefer: 'respond-async' } }));
  });

  it('is taken over bytes that are no UTF-8, and then is no JSON; over their text it is refused', async () => {
    const bytes = new Uint8Array([0x7b, 0xff, 0x7d]);
    refused(await client.post(bytes, { headers: signed('{\uFFFD}') }));
    const timestamp = String(Math.floor(Date.now() / 1000));
    const key = Buffer.from(current.replace('whsec_', ''), 'base64');
    const signature = createHmac('sha256', key).update(`m.${timestamp}.`).update(bytes).digest('base64');
    const headers = {
      'webhook-id': 'm',
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    };
    const { status, body: problem } = await client.post(bytes, { headers });
    expect([status, problem.type]).toEqual([400, 'urn:problem-type:malformed-json']);
  });

  it('is checked in order: key, size, signature, media type, JSON, schema, connection', async () => {
    const { post } = client;
    const plain = { 'content-type': 'text/plain' };
    const large = 'x'.repeat(32_769);
    const answers: [string, Promise<Reply>][] = [
      // No key, and everything else wrong too: the host responds, and reveals nothing about the rest.
      ['401 undefined', post(large, { headers: { ...plain, 'x-functions-key': undefined } })],
      ['413 payload-too-large', post(large, { headers: plain })],
      ['401 signature-invalid', post('{', { headers: plain, connection: 'Teams' })],
      [
        '415 unsupported-media-type',
        post('{', { headers: { ...plain, ...signed('{') }, connection: 'Teams' }),
      ],
      ['400 malformed-json', post('{', { headers: signed('{'), connection: 'Teams' })],
      ['400 validation-failed', post('{}', { headers: signed('{}'), connection: 'Teams' })],
      ['403 connection-not-allowed', post(body, { headers: signed(body), connection: 'elsewhere' })],
    ];
    for (const [expected, answer] of answers) {
      const { status, body: problem } = await answer;
      expect(`${status} ${String(problem.type).replace('urn:problem-type:', '')}`).toBe(expected);
    }
    expect(client.stack.graph.calls()).toEqual([]);
  });

  it('does not sign its questions: an operation is read with the key alone', async () => {
    const headers = { ...signed(body), prefer: 'respond-async' };
    const accepted = await client.post(body, { headers });
    expect(accepted.status).toBe(202);
    expect(await client.settled(accepted.body.id)).toMatchObject({ status: 'succeeded' });
  });

  it('leaves no secret and no signature in the log', async () => {
    const headers = signed(body);
    await client.post(body, { headers });
    await client.post(`${body} `, { headers });
    const lines = client.stack.hostLines().join('\n');
    for (const text of [current, next, headers['webhook-signature'].slice(3)])
      expect(lines).not.toContain(text);
  });
});
