import { member } from '../../src/graph/transport/read-response.ts';
import { graphAppId, graphRoles } from '../../src/settings/permissions.ts';
import type { OperatorGraph, Reply } from './operator-graph.ts';

/** An application role that a principal has been assigned. */
export interface RoleAssignment {
  readonly resourceId: string;
  readonly appRoleId: string;
  /** ISO 8601; null if Graph does not say. */
  readonly createdDateTime: string | null;
}

/** Microsoft Graph in this tenant, and the id of one of its roles; `appRoleId` null: it has no such role. */
interface GraphResource {
  readonly resourceId: string;
  readonly appRoleId: string | null;
}

const maxPages = 50;

/**
 * Microsoft Graph's service principal and the id of the role. In the public cloud the ids of roles are documented, so
 * the response need not list them all; elsewhere the role is looked up by its value.
 */
export async function findGraphResource(
  { target, call }: OperatorGraph,
  role: string,
): Promise<GraphResource | Reply> {
  const documented = target.isPublicCloud
    ? new Map<string, string>(Object.entries(graphRoles)).get(role)
    : undefined;
  const select = documented === undefined ? 'id,appRoles' : 'id';
  const reply = await call('GET', `/servicePrincipals(appId='${graphAppId}')?$select=${select}`);
  if (reply.kind !== 'answer' || reply.status !== 200) return reply;
  const resourceId = member(reply.body, 'id');
  if (typeof resourceId !== 'string') return unreadable(reply);
  if (documented !== undefined) return { resourceId, appRoleId: documented };
  const roles = member(reply.body, 'appRoles');
  if (!Array.isArray(roles)) return unreadable(reply);
  const id: unknown = member(
    roles.find((entry: unknown) => member(entry, 'value') === role),
    'id',
  );
  return { resourceId, appRoleId: typeof id === 'string' ? id : null };
}

/** All roles of a principal, from every page. */
export async function listRoleAssignments(
  { target, call }: OperatorGraph,
  principalId: string,
): Promise<readonly RoleAssignment[] | Reply> {
  const found: RoleAssignment[] = [];
  let path: string | null = `/servicePrincipals/${principalId}/appRoleAssignments`;
  for (let page = 0; path !== null && page < maxPages; page += 1) {
    const reply: Reply = await call('GET', path);
    if (reply.kind !== 'answer' || reply.status !== 200) return reply;
    const entries = member(reply.body, 'value');
    if (!Array.isArray(entries)) return unreadable(reply);
    found.push(...entries.map(readAssignment).filter((entry) => entry !== null));
    path = nextPath(member(reply.body, '@odata.nextLink'), target.root);
  }
  return found;
}

function readAssignment(entry: unknown): RoleAssignment | null {
  const [resourceId, appRoleId] = [member(entry, 'resourceId'), member(entry, 'appRoleId')];
  const created = member(entry, 'createdDateTime');
  if (typeof resourceId !== 'string' || typeof appRoleId !== 'string') return null;
  const isTime = typeof created === 'string' && !Number.isNaN(Date.parse(created));
  return { resourceId, appRoleId, createdDateTime: isTime ? new Date(created).toISOString() : null };
}

/** The rest of a list is requested from the same Graph only: the token is sent along. */
function nextPath(link: unknown, root: string): string | null {
  const prefix = `${root}/v1.0/`;
  return typeof link === 'string' && link.startsWith(prefix) ? link.slice(prefix.length - 1) : null;
}

/** A success without its content: reported like a response without a body. */
function unreadable(reply: Reply): Reply {
  return reply.kind === 'answer'
    ? { kind: 'no-answer', why: `${reply.status} without what was asked for` }
    : reply;
}

/** Distinguishes what was requested from any other reply. */
export function isReply(value: object): value is Reply {
  return 'kind' in value;
}
