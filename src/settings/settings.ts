import { isConnectionId } from '../groups/connection-id.ts';
import type { IdCharacters } from '../groups/external-group.ts';
import type { NameKind } from '../groups/member-name.ts';
import { type SettingDefinition, settingCatalogue } from './catalogue.ts';
import { type Cloud, clouds } from './clouds.ts';
import { type Read, readList } from './readers.ts';
import { readSourceSettings, type SourceSetting, sourceSettingNames } from './source-settings.ts';
import { type IdentityForm, readIdentityForm, type StorageSetting } from './storage-setting.ts';
import type { TelemetryIdentity } from './telemetry-setting.ts';
import type { WebhookSecret } from './webhook-secret.ts';

/** The app's settings, read once at start. Durations in milliseconds. */
export interface Settings {
  readonly cloud: Cloud;
  /** The Graph root: the cloud's, or a loopback host for local work. */
  readonly graphUrl: string;
  readonly graphCredential: 'managed-identity' | 'azure-cli';
  readonly clientId: string | null;
  /** Null: all valid connection ids. */
  readonly allowedConnections: ReadonlySet<string> | null;
  readonly idCharacters: IdCharacters;
  readonly graphDeadline: number;
  readonly giveUpAfter: number;
  /** Requests pass through the host as streams. */
  readonly httpStreaming: boolean;
  readonly webhookSecrets: readonly WebhookSecret[];
  /** The names of users that are looked up in Entra ID. */
  readonly memberNames: readonly NameKind[];
  /** The sources that are set up, by name. */
  readonly sources: ReadonlyMap<string, SourceSetting>;
  /** NCRONTAB of the verification; null: off. */
  readonly verifyGroups: string | null;
  /** Null: nothing can be deferred. */
  readonly storage: StorageSetting | null;
  /** Connection string of Application Insights; null: no telemetry. */
  readonly telemetry: string | null;
  /** Null: the connection string is enough to send. */
  readonly telemetryIdentity: TelemetryIdentity | null;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The names of the variables that have a value. */
export function variablesIn(environment: Environment): readonly string[] {
  return Object.keys(environment).filter((name) => textOf(environment, name) !== null);
}

/** Thrown at start: one message that names every wrong setting, its value and the values allowed. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Turns app settings into one frozen object, or throws one {@link SettingsError} for everything that is wrong. */
export function readSettings(environment: Environment): Settings {
  const faults: string[] = [];
  const fault = (name: string, held: string, expected: string) =>
    faults.push(`  ${name} holds ${held}; it may hold ${expected}.`);

  function read<T>(name: keyof typeof settingCatalogue, definition: SettingDefinition<T>): T {
    const given = textOf(environment, name);
    if (given !== null && unresolved.test(given)) return definition.unset as T;
    const text = (definition.exact && given !== null ? environment[name] : given) ?? definition.default;
    const result: Read<T> = text !== null ? definition.read(text) : { value: definition.unset as T };
    if ('value' in result) return result.value;
    const held = definition.secret ? hidden : quote(text ?? '');
    fault(name, result.held ?? held, result.expected);
    return definition.unset as T;
  }

  const catalogue = settingCatalogue;
  for (const name of unresolvedReferences(environment)) faults.push(`  ${name} ${whatToDoAboutReference}`);
  const cloudName = read('GRAPH_CLOUD', catalogue.GRAPH_CLOUD);
  const graphUrl = read('GRAPH_BASE_URL', catalogue.GRAPH_BASE_URL);
  const connections = read('EXTERNAL_CONNECTIONS', catalogue.EXTERNAL_CONNECTIONS);
  const allowed = connections === null ? null : readList(connections);
  for (const id of (allowed ?? []).filter((id) => !isConnectionId(id)))
    fault('EXTERNAL_CONNECTIONS', quote(id), 'valid connection ids, separated by commas');
  for (const [first, second] of sameConnections(allowed ?? []))
    fault('EXTERNAL_CONNECTIONS', `${quote(first)} and ${quote(second)}`, 'one spelling of a connection id');
  const storage =
    read('AzureWebJobsStorage', catalogue.AzureWebJobsStorage) ??
    readIdentityForm(
      identityForm(environment),
      textOf(environment, 'AZURE_CLIENT_ID'),
      (member, expected) => {
        const name = `AzureWebJobsStorage__${member}`;
        if (unresolved.test(textOf(environment, name) ?? '')) return;
        fault(name, quote(textOf(environment, name) ?? ''), expected);
      },
    );
  const cloud: Cloud = clouds[cloudName] ?? clouds.global;
  const settings: Settings = {
    cloud,
    graphUrl: graphUrl ?? cloud.root,
    graphCredential: read('GRAPH_CREDENTIAL', catalogue.GRAPH_CREDENTIAL),
    clientId: read('AZURE_CLIENT_ID', catalogue.AZURE_CLIENT_ID),
    allowedConnections: allowed === null ? null : new Set(allowed),
    idCharacters: read('GROUP_ID_CHARACTERS', catalogue.GROUP_ID_CHARACTERS),
    graphDeadline: read('GRAPH_DEADLINE', catalogue.GRAPH_DEADLINE),
    giveUpAfter: read('DEFERRAL_GIVE_UP_AFTER', catalogue.DEFERRAL_GIVE_UP_AFTER),
    httpStreaming: read('HTTP_STREAMING', catalogue.HTTP_STREAMING),
    webhookSecrets: read('WEBHOOK_SECRETS', catalogue.WEBHOOK_SECRETS),
    memberNames: read('MEMBER_NAMES', catalogue.MEMBER_NAMES),
    sources: readSourceSettings((name) => settingText(environment, name), Object.keys(environment), {
      allowed,
      fault: (name, held, expected) => fault(name, held === null ? hidden : quote(held), expected),
    }),
    verifyGroups: read('VERIFY_GROUPS', catalogue.VERIFY_GROUPS),
    storage,
    telemetry: read('APPLICATIONINSIGHTS_CONNECTION_STRING', catalogue.APPLICATIONINSIGHTS_CONNECTION_STRING),
    telemetryIdentity: read(
      'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
      catalogue.APPLICATIONINSIGHTS_AUTHENTICATION_STRING,
    ),
  };
  if (faults.length > 0)
    throw new SettingsError(
      `external-groups-adapter cannot start. Wrong app settings:\n${faults.join('\n')}`,
    );
  return Object.freeze(settings);
}

const hidden = 'a value that is not shown';

/** A Key Vault reference as the platform leaves it in place of the secret if it cannot read it. */
const unresolved = /^@Microsoft\.KeyVault\(/i;

const whatToDoAboutReference =
  'holds a Key Vault reference that the platform could not resolve; give the app’s identity (keyVaultReferenceIdentity, if set) the role Key Vault Secrets User, check the names of the vault and the secret, check that the vault’s firewall admits the app, and have the platform read its references again (docs/deploy.md, "Key Vault references"), as a restart may not. The status of the setting in the portal shows the reason.';

function unresolvedReferences(environment: Environment): readonly string[] {
  const members = Object.keys(identityForm({})).map((member) => `AzureWebJobsStorage__${member}`);
  const ofSources = sourceSettingNames(Object.keys(environment));
  return [...Object.keys(settingCatalogue), ...ofSources, ...members].filter((name) =>
    unresolved.test(textOf(environment, name) ?? ''),
  );
}

/** What a setting holds; null also for a reference that could not be resolved, which has an error of its own. */
function settingText(environment: Environment, name: string): string | null {
  const text = textOf(environment, name);
  return text === null || unresolved.test(text) ? null : text;
}

/** Ids that differ only in case: they are one connection. */
function sameConnections(ids: readonly string[]): readonly (readonly [string, string])[] {
  return ids.flatMap((id, index) => {
    const earlier = ids
      .slice(0, index)
      .find((other) => other !== id && other.toLowerCase() === id.toLowerCase());
    return earlier === undefined ? [] : [[earlier, id] as const];
  });
}

/** The Azure portal leaves emptied settings behind as empty strings: they count as unset. */
function textOf(environment: Environment, name: string): string | null {
  const text = environment[name]?.trim();
  return text === undefined || text === '' ? null : text;
}

function identityForm(environment: Environment): IdentityForm {
  const member = (name: keyof IdentityForm) => textOf(environment, `AzureWebJobsStorage__${name}`);
  return {
    accountName: member('accountName'),
    queueServiceUri: member('queueServiceUri'),
    tableServiceUri: member('tableServiceUri'),
    credential: member('credential'),
    clientId: member('clientId'),
  };
}

/** The value of a setting for the error text. A secret pasted into the wrong setting is masked. */
function quote(text: string): string {
  const masked = text
    .replace(/\/\/[^/@\s]*@/g, '//…@')
    .replace(/\b(AccountKey|SharedAccessSignature|InstrumentationKey|sig|code|password)=[^;&\s]*/gi, '$1=…')
    .replace(/whsec_\S*/g, 'whsec_…');
  return JSON.stringify(masked.length > 200 ? `${masked.slice(0, 200)}…` : masked);
}
