import { creationRoutes } from './creation-routes.ts';
import { declaredRoutes } from './declared-routes.ts';
import type { Endpoint } from './endpoint.ts';
import type { DescribedOperation, DescribedRoute, RouteByMethod } from './openapi-parts.ts';
import type { RouteAtStart, RouteName } from './routes.ts';
import { serviceRoutes } from './service-routes.ts';
import type { Services } from './services.ts';
import { sourceRoutes } from './source-routes.ts';

type LaterRoute = Exclude<RouteName, RouteAtStart>;

/** What each route of the table does: its description for OpenAPI, and how its endpoint is made. */
export const describedRoutes: { readonly [name in RouteAtStart]: DescribedOperation } & {
  readonly [name in LaterRoute]: DescribedRoute | RouteByMethod;
} = { ...creationRoutes, ...declaredRoutes, ...sourceRoutes, ...serviceRoutes };

/** The endpoints of the routes that a start does not have ready. */
export type LaterEndpoints = { readonly [name in LaterRoute]: Endpoint };

export function openEndpoints(services: Services): LaterEndpoints {
  const opened = Object.entries(describedRoutes).flatMap(([name, route]) =>
    'open' in route ? [[name, route.open(services)] as const] : [],
  );
  return Object.fromEntries(opened) as LaterEndpoints;
}
