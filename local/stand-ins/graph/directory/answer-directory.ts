import { isJsonObject, parseJson } from '../../../stack/json.ts';
import type { Caller } from '../../identity/token-issuer.ts';
import { type Answer, refusal } from '../answer.ts';
import type { Directory } from './directory.ts';
import type { AppRoleAssignment, ServicePrincipal } from './service-principal.ts';

export interface DirectoryRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: Buffer;
  readonly caller: Caller;
}

const readers = ['Application.Read.All', 'Application.ReadWrite.All', 'Directory.Read.All'];
/** Privileged Role Administrator and Global Administrator: Application Administrator may not grant Graph's roles. */
const grantingRoles = ['e8611ab8-c189-46e8-94e1-60213ab1f814', '62e90394-69f5-4237-9190-012177145e10'];

/**
 * `/v1.0/servicePrincipals`, by object id, by `(appId='…')` or by `$filter`, and their `appRoleAssignments`; undefined
 * for any other path.
 * https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignments; the texts of the refusals are those
 * of msgraph-bicep-types#161 and #193.
 */
export function answerDirectory(request: DirectoryRequest, directory: Directory): Answer | undefined {
  const [, principals = '', list, ...rest] =
    /^\/v1\.0\/(servicePrincipals(?:\([^/]*\)|\/[^/]+)?)(?:\/([^/]+))?(.*)$/.exec(request.url.pathname) ?? [];
  if (principals === '') return undefined;
  if (rest.join('') !== '' || (list !== undefined && list !== 'appRoleAssignments'))
    return refusal(400, 'BadRequest', `Resource not found for the segment '${list}'.`);
  if (!canRead(request.caller)) return denied();
  if (principals === 'servicePrincipals') return onCollection(request, directory);
  const principal = locate(decodeURIComponent(principals), directory);
  if (principal === undefined)
    return refusal(
      404,
      'Request_ResourceNotFound',
      'Resource does not exist or one of its references is not present.',
    );
  if (list === undefined) return { status: 200, body: selected(principal, request.url) };
  return request.method === 'POST'
    ? assign(request, principal, directory)
    : page(request.url, directory.assignmentsOf(principal.id), directory.pageSize);
}

function onCollection({ url }: DirectoryRequest, directory: Directory): Answer {
  const appId = /^appId eq '([^']+)'$/.exec(url.searchParams.get('$filter') ?? '')?.[1];
  if (appId === undefined) return refusal(400, 'Request_UnsupportedQuery', 'Unsupported query.');
  const found = directory.all().filter((principal) => principal.appId === appId);
  return { status: 200, body: { value: found.map((principal) => selected(principal, url)) } };
}

function locate(segment: string, directory: Directory): ServicePrincipal | undefined {
  const appId = /\(appId='([^']+)'\)$/.exec(segment)?.[1];
  if (appId !== undefined)
    return directory.all().find((principal) => principal.appId === appId.toLowerCase());
  return directory.find(segment.split('/')[1] ?? '');
}

function selected(principal: ServicePrincipal, url: URL): object {
  const names = url.searchParams.get('$select')?.split(',');
  return Object.fromEntries(Object.entries(principal).filter(([name]) => names?.includes(name) ?? true));
}

function page(url: URL, all: readonly AppRoleAssignment[], size: number): Answer {
  const from = Number(url.searchParams.get('$skiptoken') ?? 0);
  const next = new URL(url);
  next.searchParams.set('$skiptoken', String(from + size));
  const more = from + size < all.length ? { '@odata.nextLink': next.href } : {};
  return { status: 200, body: { value: all.slice(from, from + size), ...more } };
}

function assign(
  { body, caller }: DirectoryRequest,
  principal: ServicePrincipal,
  directory: Directory,
): Answer {
  if (!canGrant(caller)) return denied();
  const value = parseJson(body.toString('utf8'));
  const { principalId, resourceId, appRoleId } = isJsonObject(value) ? value : {};
  const resource = directory.find(String(resourceId));
  if (principalId !== principal.id || resource === undefined)
    return refusal(400, 'Request_BadRequest', 'Not a valid reference update.');
  if (!resource.appRoles.some(({ id }) => id === appRoleId))
    return refusal(400, 'Request_BadRequest', 'Permission being assigned was not found on application.');
  const exists = directory
    .assignmentsOf(principal.id)
    .some((held) => held.resourceId === resource.id && held.appRoleId === appRoleId);
  if (exists)
    return refusal(400, 'Request_BadRequest', 'Permission being assigned already exists on the object');
  return { status: 201, body: directory.assign(principal, resource, String(appRoleId)), committed: true };
}

function canRead({ permissions, directoryRoles }: Caller): boolean {
  // Every member of a tenant may read its service principals.
  return directoryRoles !== null || permissions.some((permission) => readers.includes(permission));
}

function canGrant({ permissions, directoryRoles }: Caller): boolean {
  const consented = permissions.includes('AppRoleAssignment.ReadWrite.All');
  return consented && (directoryRoles?.some((role) => grantingRoles.includes(role)) ?? true);
}

function denied(): Answer {
  return refusal(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
}
