/** A route of the app: the name of its function, how it is reached, and which key the host asks for. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/`. */
  readonly path: string;
  readonly level: 'anonymous' | 'function' | 'admin';
}

const groups = 'connections/{connectionId}/groups';
const group = `${groups}/{groupId}`;
const members = `${group}/members`;

/**
 * Every route, by the name of its function: what is registered with the host, which endpoints `src/app.ts` builds, and what
 * OpenAPI describes. Each is a function of its own, so that a key for one opens no other.
 */
export const routes = {
  'create-group': { method: 'POST', path: groups, level: 'function' },
  'get-operation': { method: 'GET', path: 'operations/{operationId}', level: 'function' },
  'post-change': { method: 'POST', path: 'changes', level: 'function' },
  'put-group': { method: 'PUT', path: group, level: 'function' },
  'delete-group': { method: 'DELETE', path: group, level: 'function' },
  'get-group': { method: 'GET', path: group, level: 'function' },
  'put-members': { method: 'PUT', path: members, level: 'function' },
  'patch-members': { method: 'PATCH', path: members, level: 'function' },
  'list-members': { method: 'GET', path: members, level: 'function' },
  'list-groups': { method: 'GET', path: groups, level: 'function' },
  'get-health': { method: 'GET', path: 'health', level: 'anonymous' },
  'get-diagnostics': { method: 'GET', path: 'diagnostics', level: 'admin' },
  'get-openapi': { method: 'GET', path: 'openapi.json', level: 'anonymous' },
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof routes;

export const routeNames = Object.keys(routes) as RouteName[];
