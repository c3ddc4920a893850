/** A route of the app: the name of its function, how it is reached, and which key the host asks for. */
export interface Route {
  readonly methods: readonly ('GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS')[];
  /** Below `/api/`. */
  readonly path: string;
  readonly level: 'anonymous' | 'function' | 'admin';
}

const groups = 'connections/{connectionId}/groups';
const group = `${groups}/{groupId}`;
const members = `${group}/members`;

/**
 * Every route, by the name of its function: what is registered with the host. What a route does, and what OpenAPI says
 * of it, is in `*-routes.ts`. Each is a function of its own, so that a key for one opens no other.
 */
export const routes = {
  'create-group': { methods: ['POST'], path: groups, level: 'function' },
  'get-operation': { methods: ['GET'], path: 'operations/{operationId}', level: 'function' },
  'post-change': { methods: ['POST'], path: 'changes', level: 'function' },
  'receive-event': { methods: ['GET', 'POST', 'OPTIONS'], path: 'sources/{source}', level: 'function' },
  'put-group': { methods: ['PUT'], path: group, level: 'function' },
  'delete-group': { methods: ['DELETE'], path: group, level: 'function' },
  'get-group': { methods: ['GET'], path: group, level: 'function' },
  'put-members': { methods: ['PUT'], path: members, level: 'function' },
  'patch-members': { methods: ['PATCH'], path: members, level: 'function' },
  'list-members': { methods: ['GET'], path: members, level: 'function' },
  'list-groups': { methods: ['GET'], path: groups, level: 'function' },
  'get-health': { methods: ['GET'], path: 'health', level: 'anonymous' },
  'get-diagnostics': { methods: ['GET'], path: 'diagnostics', level: 'admin' },
  'get-openapi': { methods: ['GET'], path: 'openapi.json', level: 'anonymous' },
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof routes;

/** The routes that a start has ready: all others load with the first request to one of them. */
export type RouteAtStart = 'create-group' | 'get-health';

export const routeNames = Object.keys(routes) as RouteName[];
