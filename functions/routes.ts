import { app } from '@azure/functions';
import type { App } from '../src/app.ts';
import { routeNames, routes } from '../src/http/routes.ts';
import { toInvocation } from './invocation.ts';

/** One function for each route, under its name. */
export function registerRoutes({ http }: App): void {
  for (const name of routeNames) {
    const { methods, path, level } = routes[name];
    app.http(name, {
      route: path,
      methods: [...methods],
      authLevel: level,
      handler: (request, context) => http[name](request, toInvocation(context)),
    });
  }
}
