import { guid, isLoopback, parseConnectionString, parseUrl, type Read } from './readers.ts';

/** How to reach the storage account: with a connection string, or with an identity at two endpoints. */
export type StorageSetting =
  | { readonly kind: 'connection-string'; readonly connectionString: string }
  | {
      readonly kind: 'identity';
      readonly queueUrl: string;
      readonly tableUrl: string;
      readonly clientId: string | null;
    };

const mayHold =
  'a storage connection string (AccountName and AccountKey, a SharedAccessSignature with its endpoints, or UseDevelopmentStorage=true)';
const accountName = /^[a-z0-9]{3,24}$/;

export function readStorageConnectionString(text: string): Read<StorageSetting> {
  const pairs = parseConnectionString(text);
  if (pairs === null) return { mayHold };
  const has = (key: string) => (pairs.get(key) ?? '') !== '';
  const development = pairs.get('usedevelopmentstorage')?.toLowerCase() === 'true';
  const withKey = has('accountname') && isBase64(pairs.get('accountkey') ?? '');
  const withSignature = has('sharedaccesssignature') && (has('accountname') || has('queueendpoint'));
  const endpoints = ['queueendpoint', 'tableendpoint'].flatMap((key) => pairs.get(key) ?? []);
  if (!endpoints.every((endpoint) => parseUrl(endpoint) !== null)) return { mayHold };
  if (!development && !withKey && !withSignature) return { mayHold };
  return { value: { kind: 'connection-string', connectionString: text } };
}

function isBase64(text: string): boolean {
  return text !== '' && Buffer.from(text, 'base64').toString('base64') === text;
}

/** The members of the identity form, as far as they are set (learn.microsoft.com: identity-based connections). */
export interface IdentityForm {
  readonly accountName: string | null;
  readonly queueServiceUri: string | null;
  readonly tableServiceUri: string | null;
  readonly credential: string | null;
  readonly clientId: string | null;
}

/**
 * The identity form. The account name wins over the endpoints, as in the Functions host (azure-functions-host#10401).
 * Where only the queue endpoint is given, the table endpoint is the same account's.
 */
export function readIdentityForm(
  form: IdentityForm,
  fault: (member: keyof IdentityForm, mayHold: string) => void,
): StorageSetting | null {
  if (form.credential !== null && form.credential.toLowerCase() !== 'managedidentity')
    fault('credential', 'managedidentity');
  if (form.clientId !== null && !guid.test(form.clientId))
    fault('clientId', 'the client id (a GUID) of an identity');
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
  if (!isEndpoint(queueUrl))
    fault('queueServiceUri', 'an https URL, for example https://account.queue.core.windows.net');
  const tableUrl = form.tableServiceUri ?? queueUrl.replace('.queue.', '.table.');
  if (!isEndpoint(tableUrl) || tableUrl === queueUrl)
    fault('tableServiceUri', 'an https URL, for example https://account.table.core.windows.net');
  return { kind: 'identity', queueUrl, tableUrl, clientId: form.clientId };
}

function isEndpoint(text: string): boolean {
  const url = parseUrl(text);
  return (
    url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))
  );
}
