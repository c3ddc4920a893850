import type { IdCharacters } from '../groups/external-group.ts';
import { describedRoutes } from './described-routes.ts';
import { buildComponents } from './openapi-components.ts';
import { type DescribedOperation, type DescribedRoute, tags } from './openapi-parts.ts';
import { hostRefused, keyRefused } from './openapi-responses.ts';
import { type Route, type RouteName, routeNames, routes } from './routes.ts';

/** The OpenAPI 3.1 document, built from the schemas used for validation and the problem catalogue. */
export function buildOpenApi(idCharacters: IdCharacters) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'external-groups-adapter',
      version: '1',
      description:
        'Creates Microsoft Graph external groups, and keeps groups and members in their declared state, for internal line-of-business systems. Every response of the app has `x-request-id`. The Functions host also responds itself, without that header and with an empty body: 401 without a valid function key, 404 for a route or method that does not exist, 400 for a path with `%00`, 414 for a request line over 8 KB, 431 for headers over 32 KB or more than 100 headers, 500 for a body that arrives too slowly or breaks off.',
      contact: { name: 'The administrators of this app' },
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/api' }],
    security: [{ functionKey: [] }],
    tags,
    paths: buildPaths(),
    components: buildComponents(idCharacters),
  };
}

/** What a route's level adds to its description: its key, and what the host answers without calling the app. */
const ofLevel = {
  anonymous: { more: { security: [] }, host: { '4XX': hostRefused } },
  function: { more: {}, host: { 401: keyRefused } },
  admin: { more: { security: [{ masterKey: [] }] }, host: { 401: keyRefused } },
} as const satisfies Record<Route['level'], { more: object; host: DescribedOperation['responses'] }>;

/** The description of each route, with its path, methods and level. */
function buildPaths(): Readonly<Record<string, object>> {
  const paths: Record<string, Record<string, object>> = {};
  for (const name of routeNames) {
    const { methods, path, level } = routes[name];
    const described = paths[`/${path}`] ?? {};
    const { more, host } = ofLevel[level];
    for (const method of methods) {
      const { responses, ...operation } = describedFor(name, method);
      described[method.toLowerCase()] = { ...operation, ...more, responses: { ...host, ...responses } };
    }
    paths[`/${path}`] = described;
  }
  return paths;
}

/** The description of one method of a route. */
function describedFor(name: RouteName, method: string): DescribedOperation {
  const route = describedRoutes[name];
  if ('describe' in route) return route.describe(method);
  const { open: _open, ...described }: DescribedOperation & Partial<DescribedRoute> = route;
  return described;
}
