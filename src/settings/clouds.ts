/**
 * The clouds and what hangs together in each (learn.microsoft.com: national cloud deployments). A token does not
 * cross clouds, so one setting chooses root, scope and authority.
 */
export const clouds = {
  global: { root: 'https://graph.microsoft.com', authority: 'https://login.microsoftonline.com' },
  'usgov-l4': { root: 'https://graph.microsoft.us', authority: 'https://login.microsoftonline.us' },
  'usgov-l5': { root: 'https://dod-graph.microsoft.us', authority: 'https://login.microsoftonline.us' },
} as const satisfies Record<string, Cloud>;

export interface Cloud {
  readonly root: string;
  readonly authority: string;
}

export type CloudName = keyof typeof clouds;

/** Known, and refused at start: external groups are absent from the schema of these clouds. */
export const cloudsWithoutExternalGroups = {
  china: 'Microsoft Graph in China (21Vianet) has no external groups',
} as const;
