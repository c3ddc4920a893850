import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askApp } from '../../../../cli/doctor/ask-app.ts';
import { createFetch } from '../../../../src/shared/fetch.ts';

interface Given {
  readonly status: number;
  readonly body: string;
}

const ok: Given = { status: 200, body: '{"status":"ok"}' };
const keyCommand = 'az functionapp keys list --name app';

describe('an app that is asked', () => {
  let server: Server;
  let url: string;
  let given: { health: Given | null; diagnostics: Given | null };
  let keys: unknown[];
  beforeAll(async () => {
    server = createServer((request, response) => {
      const isHealth = request.url === '/api/health';
      keys.push(request.headers['x-functions-key']);
      const answer = isHealth ? given.health : given.diagnostics;
      if (answer === null) return void request.socket.destroy();
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  async function ask(health: Given | null, diagnostics: Given | null = null) {
    given = { health, diagnostics };
    keys = [];
    return askApp({ url, masterKey: 'sesame', isLocal: false, label: url }, keyCommand, createFetch({}));
  }

  it.each<[string, Given | null, RegExp]>([
    ['is not there', null, /root of the functions app/],
    ['has registered nothing', { status: 404, body: '' }, /wrong settings .*cannot start/],
    ['is behind a sign-in', { status: 401, body: '' }, /excludedPaths/],
    ['is behind a list of addresses', { status: 403, body: 'Ip Forbidden' }, /access restrictions/],
    ['is stopped', { status: 503, body: '<html>' }, /stopped or just starting/],
    ['is something else', { status: 200, body: '<html>' }, /root of the functions app/],
    ['redirects', { status: 302, body: '' }, /root of the functions app/],
  ])('and %s says so, and the key stays here', async (_what, health, fix) => {
    const { checks, diagnosis } = await ask(health);
    expect(checks).toMatchObject([
      { id: 'app', status: 'failed', fix: expect.stringMatching(fix) },
      { id: 'diagnostics', status: 'skipped' },
    ]);
    expect(diagnosis).toBeNull();
    expect(keys).toEqual([undefined]);
  });

  it.each<[string, Given | null, RegExp]>([
    ['takes another key', { status: 401, body: '' }, /az functionapp keys list --name app/],
    ['is older', { status: 404, body: '' }, /Deploy the same version/],
    ['fails', { status: 500, body: '{}' }, /get-diagnostics/],
    ['cuts the connection', null, /Run this again/],
    ['answers with a page', { status: 200, body: '<html>' }, /get-diagnostics/],
    ['answers with no checks', { status: 200, body: '{"checks":[]}' }, /get-diagnostics/],
    ['answers with other checks', { status: 200, body: '{"checks":[{"id":5}]}' }, /get-diagnostics/],
    [
      'answers without end',
      { status: 200, body: `{"checks":["${'x'.repeat(2_000_000)}"]}` },
      /get-diagnostics/,
    ],
  ])('and %s says so', async (_what, diagnostics, fix) => {
    const { checks, diagnosis } = await ask(ok, diagnostics);
    expect(checks).toMatchObject([
      { id: 'app', status: 'passed' },
      { id: 'diagnostics', status: 'failed', fix: expect.stringMatching(fix) },
    ]);
    expect(diagnosis).toBeNull();
  });

  it('is believed in what it is sure of, and in nothing that would become part of a command', async () => {
    const check = { id: 'node', title: 'Node', status: 'passed', seen: 'v22' };
    const app = {
      graph: 'https://graph.microsoft.com',
      identity: { objectId: '$(rm -rf /)', clientId: 5, tokenExpiresDateTime: '2026-01-01T00:00:00Z' },
      storage: { account: 'a; rm', by: 'identity' },
      telemetry: { by: 'magic' },
    };
    const { diagnosis } = await ask(ok, { status: 200, body: JSON.stringify({ checks: [check], app }) });
    expect(diagnosis).toEqual({
      checks: [check],
      app: {
        graph: 'https://graph.microsoft.com',
        identity: {
          clientId: null,
          objectId: null,
          tenantId: null,
          tokenIssuedDateTime: null,
          tokenExpiresDateTime: '2026-01-01T00:00:00Z',
        },
        storage: null,
        telemetry: null,
      },
    });
  });
});
