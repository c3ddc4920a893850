import { randomUUID } from 'node:crypto';
import { graphAppId, graphRoles } from '../../../../src/settings/permissions.ts';
import type { TokenIssuer } from '../../identity/token-issuer.ts';
import type { AppRoleAssignment, ServicePrincipal } from './service-principal.ts';

export interface DirectoryOptions {
  /** Ids of Graph's application roles that differ from the public cloud's, by value. */
  readonly roleIds?: Readonly<Record<string, string>>;
  /** Entries of one page of a list; absent: 100. */
  readonly pageSize?: number;
}

/** The tenant's service principals and the application roles that they are assigned. */
export interface Directory {
  readonly pageSize: number;
  all(): readonly ServicePrincipal[];
  find(objectId: string): ServicePrincipal | undefined;
  assignmentsOf(principalId: string): readonly AppRoleAssignment[];
  assign(principal: ServicePrincipal, resource: ServicePrincipal, appRoleId: string): AppRoleAssignment;
  /** Removes every role from the identity, as if none had ever been assigned. */
  revokeAll(): void;
  reset(): void;
}

/** Contains Microsoft Graph itself and the managed identity, whose tokens carry the roles assigned here. */
export function createDirectory(tokens: TokenIssuer, options: DirectoryOptions = {}): Directory {
  const roleIds: Readonly<Record<string, string>> = { ...graphRoles, ...options.roleIds };
  const graph: ServicePrincipal = {
    id: randomUUID(),
    appId: graphAppId,
    displayName: 'Microsoft Graph',
    servicePrincipalType: 'Application',
    appRoles: Object.entries(roleIds).map(([value, id]) => ({
      id,
      value,
      allowedMemberTypes: ['Application'],
      isEnabled: true,
    })),
  };
  const identity: ServicePrincipal = {
    id: tokens.identity.objectId,
    appId: tokens.identity.clientId,
    displayName: 'external-groups-adapter',
    servicePrincipalType: 'ManagedIdentity',
    appRoles: [],
  };
  const principals = [graph, identity];
  const assignments: AppRoleAssignment[] = [];
  const initialRoles = tokens.roles();

  function add(principal: ServicePrincipal, resource: ServicePrincipal, appRoleId: string) {
    const assignment: AppRoleAssignment = {
      id: randomUUID(),
      createdDateTime: new Date().toISOString(),
      appRoleId,
      principalId: principal.id,
      principalDisplayName: principal.displayName,
      principalType: 'ServicePrincipal',
      resourceId: resource.id,
      resourceDisplayName: resource.displayName,
    };
    assignments.push(assignment);
    return assignment;
  }

  function reset(): void {
    assignments.length = 0;
    tokens.setRoles(initialRoles);
    for (const { id, value } of graph.appRoles) if (initialRoles.includes(value)) add(identity, graph, id);
  }

  reset();
  return {
    pageSize: options.pageSize ?? 100,
    all: () => principals,
    find: (objectId) => principals.find(({ id }) => id === objectId.toLowerCase()),
    assignmentsOf: (principalId) =>
      assignments.filter((assignment) => assignment.principalId === principalId),
    assign(principal, resource, appRoleId) {
      const role = resource.appRoles.find(({ id }) => id === appRoleId);
      if (principal === identity && role !== undefined) tokens.setRoles([...tokens.roles(), role.value]);
      return add(principal, resource, appRoleId);
    },
    revokeAll() {
      assignments.length = 0;
      tokens.setRoles([]);
    },
    reset,
  };
}
