import { byKind, count, createFaultFinder, flag, object, status, text } from '../stack/find-faults.ts';
import type { JsonObject } from '../stack/json.ts';
import type { DirectoryUser } from '../stand-ins/graph/directory/user-store.ts';
import type { GraphStandIn } from '../stand-ins/graph/graph-stand-in.ts';
import type { HiddenGroup } from '../stand-ins/graph/group-store.ts';
import { readFaultRules } from '../stand-ins/graph/read-fault-rules.ts';
import type { GraphPace } from '../stand-ins/graph/serve-request.ts';
import type { IdentityEndpoint, IdentityFault } from '../stand-ins/identity/identity-endpoint.ts';
import type { TelemetryFault, TelemetrySink } from '../stand-ins/telemetry/telemetry-sink.ts';

/** What the control endpoint controls. */
export interface Controlled {
  readonly graph: GraphStandIn;
  readonly identity: IdentityEndpoint;
  readonly telemetry: TelemetrySink;
}

/** Answers one request: an object is the response, a string says what is wrong with the request. */
type Route = (body: unknown, query: URLSearchParams) => object | string;

const findHiddenFaults = createFaultFinder(
  object({ connectionId: text, groupId: text, ms: count, onCreate: { enum: ['conflict', 'replace'] } }, [
    'connectionId',
    'groupId',
  ]),
);
const findPaceFaults = createFaultFinder(object({ maxInFlight: count, latencyMs: count, retryAfter: text }));
const findAccessFaults = createFaultFinder(object({ denyRole: flag, expireTokens: flag }));

const findUserFaults = createFaultFinder({
  type: 'array',
  items: object(
    { id: text, userPrincipalName: text, mail: text, employeeId: text, onPremisesSecurityIdentifier: text },
    ['id', 'userPrincipalName'],
  ),
});

const statusFault = { status, retryAfter: text, required: ['status'] };
const slow = { ms: count, required: ['ms'] };
const findIdentityFaults = createFaultFinder(
  byKind({ status: statusFault, hang: {}, slow, empty: {}, garbage: {}, reset: {} }, { times: count }),
);
const findTelemetryFaults = createFaultFinder(
  byKind({ refuse: statusFault, hang: {}, slow, reset: {} }, { times: count }),
);

/** Every route as `METHOD /path`. */
export function controlRoutes({ graph, identity, telemetry }: Controlled): {
  readonly [route: string]: Route;
} {
  return {
    'GET /groups': () => graph.groups(),
    'PUT /groups/hidden': (body) =>
      checked(findHiddenFaults(body, 'hidden'), () => {
        const { connectionId, groupId, ...how } = body as HiddenGroup &
          Record<'connectionId' | 'groupId', string>;
        return { hidden: graph.hideGroup(connectionId, groupId, how) };
      }),
    'GET /writes/late': () => graph.lateWrites(),
    'POST /writes/land': () => ({ landed: graph.landNow() }),
    'GET /calls': (_, query) =>
      numbers(query, { since: 0, limit: 1_000 }, ({ since, limit }) => newest(graph.calls(since), limit)),
    'GET /counters': () => ({
      graph: graph.counters(),
      identity: identity.counts(),
      telemetry: telemetry.counters(),
    }),
    'GET /telemetry/items': (_, query) =>
      numbers(query, { limit: 1_000 }, ({ limit }) => {
        const wanted = (name: string, value: unknown) =>
          query.get(name) === null || query.get(name) === value;
        const contains = query.get('contains') ?? '';
        const found = telemetry
          .items()
          .filter((item) => wanted('baseType', item.data.baseType) && wanted('name', item.data.baseData.name))
          .filter((item) => contains === '' || JSON.stringify(item).includes(contains));
        return newest(found, limit);
      }),
    'PUT /faults': (body) => {
      const rules = readFaultRules(body);
      if (typeof rules !== 'string') graph.setFaults(rules);
      return typeof rules === 'string' ? rules : { rules };
    },
    'DELETE /faults': () => {
      graph.setFaults([]);
      return { rules: [] };
    },
    'PUT /pace': (body) =>
      checked(findPaceFaults(body, 'pace'), () => {
        graph.setPace(body as GraphPace);
        return { pace: body };
      }),
    'PUT /access': (body) =>
      checked(findAccessFaults(body, 'access'), () => {
        const { denyRole, expireTokens } = body as JsonObject;
        if (denyRole !== undefined) graph.denyRole(denyRole === true);
        if (expireTokens === true) graph.expireTokens();
        return { access: body };
      }),
    'GET /users': () => graph.users.all(),
    'PUT /users': (body) =>
      checked(findUserFaults(body, 'users'), () => {
        graph.users.set(body as DirectoryUser[]);
        return { users: body as DirectoryUser[] };
      }),
    'PUT /identity': (body) =>
      checked(body === null ? [] : findIdentityFaults(body, 'fault'), () => {
        identity.setFault((body as IdentityFault | null) ?? undefined);
        return { fault: body };
      }),
    'PUT /telemetry': (body) =>
      checked(body === null ? [] : findTelemetryFaults(body, 'fault'), () => {
        telemetry.setFault((body as TelemetryFault | null) ?? undefined);
        return { fault: body };
      }),
    'POST /reset': () => {
      for (const part of [graph, identity, telemetry]) part.reset();
      return { reset: true };
    },
  };
}

function newest<T>(list: readonly T[], limit: number): readonly T[] {
  return list.slice(Math.max(0, list.length - limit));
}

function checked(faults: readonly string[], apply: () => object): object | string {
  return faults.length > 0 ? `${faults.join('; ')}.` : apply();
}

function numbers<Name extends string>(
  query: URLSearchParams,
  defaults: Readonly<Record<Name, number>>,
  apply: (values: Record<Name, number>) => object,
): object | string {
  const values: Record<Name, number> = { ...defaults };
  for (const name of Object.keys(defaults) as Name[]) {
    const given = query.get(name) ?? String(defaults[name]);
    if (!/^\d{1,15}$/.test(given)) return `${name} must be a whole number, zero or more.`;
    values[name] = Number(given);
  }
  return apply(values);
}
