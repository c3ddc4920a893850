import { settingCatalogue } from '../../settings/catalogue.ts';
import type { Settings } from '../../settings/settings.ts';
import { type CheckDefinition, type Finding, failed, passed, skipped } from '../check.ts';

/** What the process knows about itself. */
export interface Runtime {
  readonly settings: Settings;
  /** Names of all environment variables with a value; never the values. */
  readonly variables: readonly string[];
  /** Names of the sources of this repository. */
  readonly sources: readonly string[];
  readonly nodeVersion: string;
  /** Null if the host does not say. */
  readonly hostVersion: string | null;
}

const tested = [22, 24];
/** Names that look like settings of this app. */
const ours =
  /^(?:GRAPH|EXTERNAL_CONNECTION|GROUP_ID|DEFERRAL|HTTP_STREAM|WEBHOOK|MEMBER_NAME|VERIFY_GROUP)\w{0,40}$/i;

export function runtimeChecks(runtime: Runtime): readonly CheckDefinition[] {
  return [
    { id: 'settings', title: 'App settings', look: () => findSettings(runtime) },
    { id: 'node', title: 'Node.js version', look: () => findNode(runtime.nodeVersion) },
    { id: 'host', title: 'Functions host version', look: () => findHost(runtime.hostVersion) },
  ];
}

function findSettings({ settings, variables }: Runtime): Finding {
  const known = Object.keys(settingCatalogue);
  const isAzure = variables.includes('WEBSITE_SITE_NAME');
  const unknown = variables.filter((name) => ours.test(name) && !known.includes(name));
  if (settings.storage === null)
    return failed(
      'AzureWebJobsStorage is not set: nothing can be deferred',
      'Set AzureWebJobsStorage__queueServiceUri and AzureWebJobsStorage__tableServiceUri, with AzureWebJobsStorage__credential=managedidentity and AzureWebJobsStorage__clientId for a user-assigned identity.',
    );
  if (isAzure && settings.graphUrl !== settings.cloud.root)
    return failed(
      'GRAPH_BASE_URL is set: Graph calls go to this machine',
      'Remove the setting GRAPH_BASE_URL.',
    );
  if (isAzure && settings.graphCredential !== 'managed-identity')
    return failed(
      'GRAPH_CREDENTIAL is azure-cli, which is for development',
      'Remove the setting GRAPH_CREDENTIAL.',
    );
  if (unknown.length > 0)
    return failed(
      `nothing reads the setting ${unknown.slice(0, 10).join(', ')}`,
      `Correct its name or remove it; the settings are ${known.join(', ')}.`,
    );
  const set = known.filter((name) => variables.some((each) => each === name || each.startsWith(`${name}__`)));
  return passed(set.length === 0 ? 'all defaults' : `set: ${set.join(', ')}`);
}

function findNode(version: string): Finding {
  const major = Number(/^v?(\d+)/.exec(version)?.[1]);
  if (tested.includes(major)) return passed(version);
  if (major > Math.max(...tested)) return passed(`${version}; tested are ${tested.join(' and ')}`);
  return failed(
    version,
    'Set the runtime to Node.js 22: on Flex Consumption functionAppConfig.runtime.version, elsewhere linuxFxVersion "Node|22".',
  );
}

function findHost(version: string | null): Finding {
  if (version === null) return skipped('because the host does not report its version');
  return version.startsWith('4.')
    ? passed(version)
    : failed(
        version,
        'Run the app on version 4 of the Functions host (FUNCTIONS_EXTENSION_VERSION=~4; never set it on Flex Consumption).',
      );
}
