import { type IdCharacters, idCharacterSets } from '../groups/external-group.ts';
import { type NameKind, nameKinds } from '../groups/member-name.ts';
import { isLoopback } from '../shared/is-loopback.ts';
import { type CloudName, clouds, cloudsWithoutExternalGroups } from './clouds.ts';
import { readDuration } from './duration.ts';
import { isNcrontab } from './ncrontab.ts';
import { guid, parseUrl, type Read, readList, readWord } from './readers.ts';
import { readStorageConnectionString, type StorageSetting } from './storage-setting.ts';
import {
  readTelemetryConnectionString,
  readTelemetryIdentity,
  type TelemetryIdentity,
} from './telemetry-setting.ts';
import { readWebhookSecrets, type WebhookSecret } from './webhook-secret.ts';

/** One app setting: the source for parsing, the error text, local.settings.sample.json and docs/settings.md. */
export interface SettingDefinition<T> {
  readonly default: string | null;
  readonly meaning: string;
  /** Surrounding spaces count. */
  readonly exact?: true;
  /** Never shown, neither in an error nor in a log. */
  readonly secret?: true;
  /** The value of an unset setting without a default. */
  readonly unset?: T;
  readonly read: (text: string) => Read<T>;
}

const keys = <T extends string>(table: { readonly [key in T]: unknown }) => Object.keys(table) as T[];

/** Words as a reader of the settings table sees them: `a`, `b` or `c`. */
function anyOf(words: readonly string[]): string {
  const shown = words.map((word) => `\`${word}\``);
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} or ${last}`;
}

export const settingCatalogue = {
  GRAPH_CLOUD: define<CloudName>({
    default: 'global',
    meaning: `${anyOf(keys(clouds))}: sets Graph root, token scope and Entra authority together. ${anyOf(keys(cloudsWithoutExternalGroups))} is refused: external groups do not exist there.`,
    read: (text) => {
      const read = readWord(text, keys(clouds));
      const reason = new Map(Object.entries(cloudsWithoutExternalGroups)).get(text);
      return 'expected' in read && reason !== undefined ? { expected: `${read.expected} (${reason})` } : read;
    },
  }),
  GRAPH_BASE_URL: define<string | null>({
    default: null,
    unset: null,
    meaning: 'For local work only: `https` and a loopback host, instead of the cloud’s root.',
    read: (text) => {
      const url = parseUrl(text);
      const isRoot = url !== null && url.origin === url.href.replace(/\/$/, '');
      return isRoot && url.protocol === 'https:' && isLoopback(url.hostname)
        ? { value: url.origin }
        : { expected: 'https and a loopback host without a path, for example https://localhost:8443' };
    },
  }),
  GRAPH_CREDENTIAL: define<'managed-identity' | 'azure-cli'>({
    default: 'managed-identity',
    meaning: '`managed-identity`, or `azure-cli` for the developer’s own sign-in.',
    read: (text) => readWord(text, ['managed-identity', 'azure-cli']),
  }),
  AZURE_CLIENT_ID: define<string | null>({
    default: null,
    unset: null,
    meaning:
      'Client id of the user-assigned identity that calls Graph. Unset: the system-assigned identity. Storage has its own setting (`AzureWebJobsStorage__clientId`), which the host uses too.',
    read: (text) =>
      guid.test(text) ? { value: text } : { expected: 'the client id (a GUID) of an identity' },
  }),
  EXTERNAL_CONNECTIONS: define<string | null>({
    default: null,
    unset: null,
    meaning:
      'Comma-separated ids of the connections that this app may write to, each spelled as in Graph. Unset: all valid ids.',
    read: (text) =>
      readList(text).length > 0 ? { value: text } : { expected: 'connection ids, separated by commas' },
  }),
  GROUP_ID_CHARACTERS: define<IdCharacters>({
    default: 'alphanumeric',
    meaning:
      '`alphanumeric` (the reference page), or `base64url`, which also allows `-` and `_` (the concept page).',
    read: (text) => readWord(text, keys(idCharacterSets)),
  }),
  GRAPH_DEADLINE: define<number>({
    default: 'PT10S',
    meaning:
      'Longest time that an HTTP caller waits for Graph before the work is deferred (ISO 8601 duration). The caller gets a response within two more seconds. At most `PT200S`: Azure’s front end gives up on a request after 230 s.',
    exact: true,
    read: (text) => readDuration(text, 100, 200_000, 'PT10S'),
  }),
  DEFERRAL_GIVE_UP_AFTER: define<number>({
    default: 'P2D',
    meaning:
      'Age at which a deferred creation that still fails becomes a dead letter, and a declared group without progress becomes `failed` (ISO 8601 duration).',
    exact: true,
    read: (text) => readDuration(text, 1000, 365 * 86_400_000, 'P2D'),
  }),
  HTTP_STREAMING: define<boolean>({
    default: 'false',
    meaning:
      '`true`: requests pass through the Functions host as streams, and bodies without a length (`Transfer-Encoding: chunked`) are accepted instead of refused with `411`. Costs a third of the throughput ([more](docs/security.md#http_streaming)).',
    read: (text) => {
      const read = readWord(text, ['true', 'false']);
      return 'expected' in read ? read : { value: read.value === 'true' };
    },
  }),
  WEBHOOK_SECRETS: define<readonly WebhookSecret[]>({
    default: null,
    unset: [],
    secret: true,
    meaning:
      'Standard Webhooks secrets (`whsec_…`), comma-separated during rotation. An entry `contosohr=whsec_…` is valid for that connection only. Where a secret is valid for a connection, its changes must be signed and sent with `POST` ([more](docs/security.md#signatures)).',
    read: readWebhookSecrets,
  }),
  MEMBER_NAMES: define<readonly NameKind[]>({
    default: null,
    unset: [],
    meaning:
      'Comma-separated kinds of names that the adapter looks up in Entra ID for a member without an id: `upn`, `mail`, `employeeId`, `sid`. Unset: object ids only. The identity needs `User.ReadBasic.All` (`User.Read.All` for `employeeId` and `sid`).',
    read: (text) => {
      const names = readList(text);
      const kinds = nameKinds.filter((kind) => names.includes(kind));
      return names.length > 0 && names.every((name) => kinds.some((kind) => kind === name))
        ? { value: kinds }
        : { expected: `${nameKinds.join(', ')}, separated by commas` };
    },
  }),
  VERIFY_GROUPS: define<string | null>({
    default: null,
    unset: null,
    meaning:
      'When the adapter reads every declared group back from Graph and undoes changes made by others: NCRONTAB with six fields, in UTC, for example `0 0 3 * * *`. Unset: never.',
    read: (text) =>
      isNcrontab(text)
        ? { value: text }
        : {
            expected:
              'NCRONTAB of six fields (second 0–59, minute 0–59, hour 0–23, day 1–31, month 1–12, weekday 0–6), for example 0 0 3 * * *',
          },
  }),
  AzureWebJobsStorage: define<StorageSetting | null>({
    default: null,
    unset: null,
    secret: true,
    meaning:
      'Storage connection string, or the identity form `AzureWebJobsStorage__accountName` / `__queueServiceUri` / `__tableServiceUri` / `__credential` / `__clientId`. `__credential=managedidentity` with `__clientId` is that user-assigned identity, without it the system-assigned one. Unset: nothing can be deferred or declared.',
    read: readStorageConnectionString,
  }),
  APPLICATIONINSIGHTS_CONNECTION_STRING: define<string | null>({
    default: null,
    unset: null,
    secret: true,
    meaning: 'Application Insights connection string. Unset: no telemetry leaves the process.',
    read: readTelemetryConnectionString,
  }),
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: define<TelemetryIdentity | null>({
    default: null,
    unset: null,
    meaning:
      '`Authorization=AAD`, with `;ClientId=<GUID>` for a user-assigned identity: telemetry is sent with Entra tokens, which a resource with local authentication disabled requires. The host reads the same setting for its own telemetry.',
    read: readTelemetryIdentity,
  }),
} as const;

function define<T>(definition: SettingDefinition<T>): SettingDefinition<T> {
  return definition;
}
