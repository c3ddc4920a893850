/**
 * The clouds and the values that belong together in each (learn.microsoft.com: national cloud deployments). A token is
 * valid in one cloud only, so one setting chooses root, scope and authority.
 */
export const clouds = {
  global: {
    root: 'https://graph.microsoft.com',
    authority: 'https://login.microsoftonline.com',
    resourceManager: 'https://management.azure.com',
    azureCli: 'AzureCloud',
    graphPowerShell: 'Global',
  },
  'usgov-l4': {
    root: 'https://graph.microsoft.us',
    authority: 'https://login.microsoftonline.us',
    resourceManager: 'https://management.usgovcloudapi.net',
    azureCli: 'AzureUSGovernment',
    graphPowerShell: 'USGov',
  },
  'usgov-l5': {
    root: 'https://dod-graph.microsoft.us',
    authority: 'https://login.microsoftonline.us',
    resourceManager: 'https://management.usgovcloudapi.net',
    azureCli: 'AzureUSGovernment',
    graphPowerShell: 'USGovDoD',
  },
} as const satisfies Record<string, Cloud>;

export interface Cloud {
  readonly root: string;
  readonly authority: string;
  /** Root of Azure Resource Manager. */
  readonly resourceManager: string;
  /** The cloud's name for `az cloud set`. */
  readonly azureCli: string;
  /** The cloud's name for `Connect-MgGraph -Environment`. */
  readonly graphPowerShell: string;
}

export type CloudName = keyof typeof clouds;

/** Known, but refused at start: external groups are absent from the schema of these clouds. */
export const cloudsWithoutExternalGroups = {
  china: 'Microsoft Graph in China (21Vianet) has no external groups',
} as const;
