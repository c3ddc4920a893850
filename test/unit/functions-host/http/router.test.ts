import { describe, expect, it } from 'vitest';
import {
  createRouter,
  describeHttpFunction,
  type HttpFunction,
} from '../../../../packages/functions-host/src/http/router.ts';

function httpFunction(name: string, options: Record<string, unknown> = {}): HttpFunction {
  const bindings = { trigger: { type: 'httpTrigger', methods: ['GET'], ...options } };
  const found = describeHttpFunction({ metadata: { name, bindings }, callback: () => undefined }, 'api');
  if (found === undefined) throw new Error('no HTTP trigger');
  return found;
}

describe('the router', () => {
  it('prefers the more literal route, in whatever order they were registered', () => {
    const routes = ['{*rest}', 'groups/{id}', 'groups/{id:int}', 'groups/mine', 'groups/g-{id}'];
    const router = createRouter(routes.map((route) => httpFunction(route, { route })));
    const found = (path: string): string | undefined => router('GET', path)?.target.route;
    expect(found('/api/groups/mine')).toBe('api/groups/mine');
    expect(found('/api/groups/g-1')).toBe('api/groups/g-{id}');
    expect(found('/api/groups/1')).toBe('api/groups/{id:int}');
    expect(found('/api/groups/other')).toBe('api/groups/{id}');
    expect(found('/api/else/where')).toBe('api/{*rest}');
  });

  it('tells functions on one route apart by their methods', () => {
    const router = createRouter([
      httpFunction('read', { route: 'x', methods: ['get'] }),
      httpFunction('write', { route: 'x', methods: ['POST'] }),
    ]);
    expect(router('POST', '/api/x')?.target.target.metadata.name).toBe('write');
    expect(router('GET', '/api/x')?.target.target.metadata.name).toBe('read');
    expect(router('PUT', '/api/x')).toBeUndefined();
  });

  it('uses the name as route and no prefix if there is none', () => {
    const target = {
      metadata: { name: 'Named', bindings: { t: { type: 'httpTrigger' } } },
      callback: () => undefined,
    };
    expect(describeHttpFunction(target, '')).toMatchObject({ route: 'Named', authLevel: 'anonymous' });
  });

  it('sees no HTTP function in other triggers and refuses an unknown authLevel', () => {
    const target = {
      metadata: { name: 'q', bindings: { t: { type: 'queueTrigger' } } },
      callback: () => undefined,
    };
    expect(describeHttpFunction(target, 'api')).toBeUndefined();
    expect(() => httpFunction('odd', { authLevel: 'user' })).toThrow('unknown authLevel "user"');
  });
});
