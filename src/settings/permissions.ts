import type { NameKind } from '../groups/member-name.ts';

/** Microsoft Graph's application id: the same in every tenant of every cloud. */
export const graphAppId = '00000003-0000-0000-c000-000000000000';

/**
 * Application roles of Microsoft Graph and their ids in the public cloud (learn.microsoft.com: Graph permissions
 * reference). In other clouds, look a role up by its value.
 */
export const graphRoles = {
  'ExternalItem.ReadWrite.OwnedBy': '8116ae0f-55c2-452d-9944-d18420f5b2c8',
  'ExternalItem.ReadWrite.All': '38c3d6ee-69ee-422f-b954-e17819665354',
  'ExternalConnection.ReadWrite.OwnedBy': 'f431331c-49a6-499f-be1c-62af19c34a9d',
  'ExternalConnection.ReadWrite.All': '34c37bc0-2b40-4d5e-85e1-2365cd256d79',
  'ExternalConnection.Read.All': '1914711b-a1cb-4793-b019-c2ce0ed21b8c',
  'User.ReadBasic.All': '97235f07-e226-4f63-ace3-39588e11d3a1',
  'User.Read.All': 'df021288-bdef-4463-88db-98f22de89214',
} as const satisfies Record<string, string>;

type GraphRole = keyof typeof graphRoles;

/** The only role that the app needs, unless it looks up names. */
export const neededGraphRole: GraphRole = 'ExternalItem.ReadWrite.OwnedBy';

/** Any of these lets the app write external groups. */
export const groupWriteRoles: readonly string[] = [
  neededGraphRole,
  'ExternalItem.ReadWrite.All',
] satisfies GraphRole[];

/** The role by which each kind of name can be looked up: the basic profile has no employee id and no SID. */
export const nameRoles: { readonly [kind in NameKind]: GraphRole } = {
  upn: 'User.ReadBasic.All',
  mail: 'User.ReadBasic.All',
  employeeId: 'User.Read.All',
  sid: 'User.Read.All',
};

/** The least role by which all these kinds of names can be looked up; null: there are none. */
export function neededDirectoryRole(kinds: readonly NameKind[]): GraphRole | null {
  if (kinds.length === 0) return null;
  return kinds.some((kind) => nameRoles[kind] === 'User.Read.All') ? 'User.Read.All' : 'User.ReadBasic.All';
}

/** Azure roles that the app's identity needs, and the resource each is assigned on. */
export const azureRoles = {
  'Storage Blob Data Owner': { id: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b', on: 'storage' },
  'Storage Queue Data Contributor': { id: '974c5e8b-45b9-4653-ba55-5f855dd0fb88', on: 'storage' },
  'Storage Table Data Contributor': { id: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3', on: 'storage' },
  'Monitoring Metrics Publisher': { id: '3913510d-42f4-4e42-8a64-420c390055eb', on: 'telemetry' },
} as const satisfies Record<string, { readonly id: string; readonly on: 'storage' | 'telemetry' }>;

export type AzureRole = keyof typeof azureRoles;
