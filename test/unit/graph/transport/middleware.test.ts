import type { Context } from '@microsoft/microsoft-graph-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { createMiddleware } from '../../../../src/graph/transport/middleware.ts';
import { createTokenSource } from '../../../../src/identity/tokens.ts';

const root = 'https://graph.microsoft.com';

describe('a call that Graph refuses', () => {
  /** Each request: its connection, its token, and whether it was recorded as one that is made again. */
  const sent: { connection: string; token: string; isRepeated?: boolean }[] = [];
  /** What Graph answers to a token. */
  let statusOf: (token: string, connection: string) => number = () => 200;
  let issued = 0;
  const call = async (connection: string) => {
    const context: Context = {
      request: `${root}/v1.0/external/connections/${connection}/groups/g1`,
      options: { method: 'GET', headers: {} },
    };
    await middleware.execute(context);
    return context.response?.status;
  };
  let middleware: ReturnType<typeof createMiddleware>;
  beforeEach(() => {
    sent.length = 0;
    issued = 0;
    const acquire = async () => {
      issued += 1;
      return { token: `t${issued}`, expiresOnTimestamp: Number.POSITIVE_INFINITY };
    };
    middleware = createMiddleware({
      root,
      tokens: createTokenSource({ acquire, timeout: 1_000 }),
      sendRequest: async ({ path, headers }) => {
        const [, connection = ''] = /connections\/([^/]*)/.exec(path) ?? [];
        const token = String(headers.authorization).replace('Bearer ', '');
        sent.push({ connection, token });
        return { status: statusOf(token, connection), headers: new Headers(), text: '' };
      },
      graphCall: (_call, trace) => {
        const at = sent.length;
        return {
          trace,
          stop: () => undefined,
          end: (_status, isRepeated = false) => Object.assign(sent[at] ?? {}, { isRepeated }),
        };
      },
    });
  });

  it('with 401 and is mended by a fresh token is recorded as repeated, and so raises no alert', async () => {
    statusOf = (token) => (token === 't1' ? 401 : 200);
    expect(await call('hr')).toBe(200);
    expect(sent).toEqual([
      { connection: 'hr', token: 't1', isRepeated: true },
      { connection: 'hr', token: 't2', isRepeated: false },
    ]);
  });

  it('even with a fresh token is recorded as refused', async () => {
    statusOf = () => 403;
    expect(await call('hr')).toBe(403);
    expect(await call('hr')).toBe(403);
    expect(sent).toEqual([
      { connection: 'hr', token: 't1', isRepeated: true },
      { connection: 'hr', token: 't2', isRepeated: false },
      { connection: 'hr', token: 't2', isRepeated: false },
    ]);
  });

  it('keeps no call of another connection from its fresh token', async () => {
    // Sales has just been granted, which only a token issued since then shows; HR is owned by another application.
    statusOf = (token, connection) => (connection === 'sales' && token > 't2' ? 200 : 403);
    expect(await call('hr')).toBe(403);
    expect(await call('sales')).toBe(200);
    expect(await call('HR')).toBe(403);
    expect(issued).toBe(3);
  });
});
