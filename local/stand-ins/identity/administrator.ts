import type { OperatorSignIn } from './token-issuer.ts';

/** Global Administrator, using an app with all the permissions that granting, connections, groups and names need. */
export const administrator: OperatorSignIn = {
  scopes: [
    'AppRoleAssignment.ReadWrite.All',
    'Application.Read.All',
    'ExternalConnection.ReadWrite.All',
    'ExternalItem.ReadWrite.All',
    'User.ReadWrite.All',
  ],
  directoryRoles: ['62e90394-69f5-4237-9190-012177145e10'],
};
