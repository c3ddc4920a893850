import { type AppSettings, isFunctionDisabled } from '../app-settings.ts';
import type { RegisteredFunction } from '../core-api.ts';
import { createRouteTemplate, decodePath, type RouteTemplate } from './route-template.ts';

export type AuthLevel = 'anonymous' | 'function' | 'admin';

export interface HttpFunction {
  target: RegisteredFunction;
  /** Name of the trigger's binding: the library looks up the input by it. */
  binding: string;
  methods: string[];
  /** Path below the server's root, with the prefix, without a leading slash. */
  route: string;
  authLevel: AuthLevel;
  /** Answers 404 to everyone but the master key. */
  disabled: boolean;
}

export interface RouteMatch {
  target: HttpFunction;
  params: Record<string, string>;
}

export type Router = (method: string, path: string) => RouteMatch | undefined;

/** The HTTP trigger of a registered function, or undefined if it has none. */
export function describeHttpFunction(
  target: RegisteredFunction,
  routePrefix: string,
  settings: AppSettings = {},
): HttpFunction | undefined {
  const found = Object.entries(target.metadata.bindings).find(
    ([, { type }]) => type?.toLowerCase() === 'httptrigger',
  );
  if (found === undefined) return undefined;
  const [binding, { methods, route, authLevel }] = found;
  const own = (typeof route === 'string' && route !== '' ? route : target.metadata.name).replace(
    /^\/+|\/+$/g,
    '',
  );
  const level = typeof authLevel === 'string' ? authLevel.toLowerCase() : 'anonymous';
  if (level !== 'anonymous' && level !== 'function' && level !== 'admin') {
    throw new Error(`Function "${target.metadata.name}": unknown authLevel "${level}".`);
  }
  return {
    target,
    binding,
    methods: Array.isArray(methods) ? methods.map((method) => String(method).toUpperCase()) : [],
    route: routePrefix === '' ? own : `${routePrefix}/${own}`,
    authLevel: level,
    disabled: isFunctionDisabled(target.metadata.name, settings),
  };
}

/**
 * Finds the function for a request. A known route with a wrong method is no match: in the real host the method is a
 * route constraint, so it answers 404, not 405.
 */
export function createRouter(functions: readonly HttpFunction[]): Router {
  const routes = functions
    .map((target) => ({ target, template: createRouteTemplate(target.route) }))
    .sort((a, b) => byPrecedence(a.template, b.template));
  return (method, rawPath) => {
    const path = decodePath(rawPath);
    for (const { target, template } of routes) {
      if (target.methods.length > 0 && !target.methods.includes(method)) continue;
      const params = template.match(path);
      if (params !== undefined) return { target, params };
    }
    return undefined;
  };
}

function byPrecedence(a: RouteTemplate, b: RouteTemplate): number {
  const length = Math.max(a.precedence.length, b.precedence.length);
  for (let index = 0; index < length; index++) {
    const difference = (a.precedence[index] ?? 0) - (b.precedence[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
