import { isLoopback } from '../shared/is-loopback.ts';
import { guid, isHttpUrl, parseConnectionString, parseUrl, type Read } from './readers.ts';

/** How to reach the storage account: with a connection string, or with an identity at two endpoints. */
export type StorageSetting =
  | { readonly kind: 'connection-string'; readonly connectionString: string }
  | {
      readonly kind: 'identity';
      readonly queueUrl: string;
      readonly tableUrl: string;
      readonly clientId: string | null;
    };

const expected =
  'a storage connection string (AccountName and AccountKey; a SharedAccessSignature with AccountName or QueueEndpoint and TableEndpoint; or UseDevelopmentStorage=true)';
const accountName = /^[a-z0-9]{3,24}$/;

/**
 * A connection string, completed as the Functions host does: https, core.windows.net and the endpoints that follow from
 * the account name. The storage SDKs refuse a string that lacks any of these.
 */
export function readStorageConnectionString(text: string): Read<StorageSetting> {
  const pairs = parseConnectionString(text);
  if (pairs === null) return { expected };
  if (pairs.get('usedevelopmentstorage')?.toLowerCase() === 'true')
    return { value: { kind: 'connection-string', connectionString: 'UseDevelopmentStorage=true' } };
  const completed = complete(pairs);
  return completed === null
    ? { expected }
    : { value: { kind: 'connection-string', connectionString: completed } };
}

function complete(pairs: ReadonlyMap<string, string>): string | null {
  const get = (key: string) => pairs.get(key) || null;
  const account = get('accountname');
  const protocol = (get('defaultendpointsprotocol') ?? 'https').toLowerCase();
  if (account !== null && !accountName.test(account)) return null;
  if (protocol !== 'https' && protocol !== 'http') return null;
  const endpointOf = (service: 'queue' | 'table') =>
    get(`${service}endpoint`) ??
    (account === null
      ? ''
      : `${protocol}://${account}.${service}.${get('endpointsuffix') ?? 'core.windows.net'}`);
  const endpoints = { QueueEndpoint: endpointOf('queue'), TableEndpoint: endpointOf('table') };
  if (!Object.values(endpoints).every(isHttpUrl)) return null;

  const key = get('accountkey');
  if (account !== null && key !== null && isBase64(key))
    return join({ DefaultEndpointsProtocol: protocol, AccountName: account, AccountKey: key, ...endpoints });
  const signature = get('sharedaccesssignature');
  return signature === null ? null : join({ ...endpoints, SharedAccessSignature: signature });
}

function join(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([name, value]) => `${name}=${value}`)
    .join(';');
}

function isBase64(text: string): boolean {
  return text !== '' && Buffer.from(text, 'base64').toString('base64') === text;
}

/** The properties of the identity form that are set (learn.microsoft.com: identity-based connections). */
export interface IdentityForm {
  readonly accountName: string | null;
  readonly queueServiceUri: string | null;
  readonly tableServiceUri: string | null;
  readonly credential: string | null;
  readonly clientId: string | null;
}

/**
 * The host and the app must use the same identity. The host takes `clientId` only together with
 * `credential=managedidentity` (without it: the system-assigned identity), and otherwise `DefaultAzureCredential`, which
 * may find AZURE_CLIENT_ID or a developer's sign-in (Microsoft.Extensions.Azure, ClientFactory.cs). So an identity that
 * is named must be named where both read it.
 *
 * The account name wins over the endpoints, as in the Functions host (azure-functions-host#10401).
 * If only the queue endpoint is given, the table endpoint of the same account is used.
 */
export function readIdentityForm(
  form: IdentityForm,
  azureClientId: string | null,
  fault: (member: keyof IdentityForm, expected: string) => void,
): StorageSetting | null {
  if (form.credential !== null && form.credential.toLowerCase() !== 'managedidentity')
    fault('credential', 'managedidentity');
  const isUsed = form.accountName !== null || form.queueServiceUri !== null;
  if (isUsed && form.credential === null && (form.clientId ?? azureClientId) !== null)
    fault(
      'credential',
      'managedidentity, which is required if AzureWebJobsStorage__clientId or AZURE_CLIENT_ID is set: otherwise the host would not use that identity',
    );
  if (form.clientId !== null && !guid.test(form.clientId))
    fault('clientId', 'the client id (a GUID) of an identity');
  for (const service of ['queue', 'table'] as const) {
    const uri = form[`${service}ServiceUri`];
    if (uri !== null && !isEndpoint(uri))
      fault(`${service}ServiceUri`, `an https URL, for example https://account.${service}.core.windows.net`);
  }
  if (form.accountName !== null) {
    if (!accountName.test(form.accountName)) fault('accountName', '3–24 lower-case letters and digits');
    const root = (service: string) => `https://${form.accountName}.${service}.core.windows.net`;
    return { kind: 'identity', queueUrl: root('queue'), tableUrl: root('table'), clientId: form.clientId };
  }
  const queueUrl = form.queueServiceUri;
  if (queueUrl === null) {
    if (form.tableServiceUri !== null || form.credential !== null || form.clientId !== null)
      fault('queueServiceUri', 'the queue endpoint, for example https://account.queue.core.windows.net');
    return null;
  }
  const tableUrl = form.tableServiceUri ?? queueUrl.replace('.queue.', '.table.');
  if (isEndpoint(queueUrl) && tableUrl === queueUrl)
    fault('tableServiceUri', 'an https URL, for example https://account.table.core.windows.net');
  return { kind: 'identity', queueUrl, tableUrl, clientId: form.clientId };
}

function isEndpoint(text: string): boolean {
  const url = parseUrl(text);
  if (url === null) return false;
  // A signature or a password in a URL would show up in every log line that names it.
  const isBare = `${url.username}${url.password}${url.search}${url.hash}` === '';
  return isBare && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)));
}
