import { isConnectionId } from '../groups/connection-id.ts';
import { type Read, readList } from './readers.ts';

/** A Standard Webhooks secret; `connectionId` null: it applies to every connection. */
export interface WebhookSecret {
  readonly connectionId: string | null;
  readonly secret: string;
}

/** Reads `WEBHOOK_SECRETS`. */
export function readWebhookSecrets(text: string): Read<readonly WebhookSecret[]> {
  const entries = readList(text);
  const secrets = entries.map(readWebhookSecret);
  const good = secrets.filter((secret) => secret !== null);
  if (good.length > 0 && good.length === secrets.length) return { value: good };
  const expected =
    'Standard Webhooks secrets of at least 16 bytes: whsec_ and base64, each alone or as <connection id>=whsec_…, separated by commas';
  const empty = entries.flatMap(nameWithoutSecret);
  return empty.length === 0
    ? { expected }
    : { expected, held: `no secret for ${empty.join(', ')} (is a variable of the deployment empty?)` };
}

const withoutSecret = /^([A-Za-z0-9]{3,32})=(?:whsec_)?$/;

/** The name in the error text of an entry without a secret; a number for a secret without `whsec_` that looks like one. */
function nameWithoutSecret(entry: string, index: number): readonly string[] {
  const [, connectionId] = withoutSecret.exec(entry) ?? [];
  if (connectionId === undefined) return [];
  return [entry.length % 4 === 0 && isWebhookSecret(entry) ? `entry ${index + 1}` : `"${connectionId}="`];
}

/** `contosohr=whsec_…` or `whsec_…`; null for anything else, such as `contosohr=`. */
function readWebhookSecret(entry: string): WebhookSecret | null {
  if (withoutSecret.test(entry)) return null;
  const [, connectionId = null, secret = entry] = /^([^=]*)=(whsec_.*)$/.exec(entry) ?? [];
  const isNamed = connectionId === null || isConnectionId(connectionId);
  return isNamed && isWebhookSecret(secret) ? { connectionId, secret } : null;
}

/** Standard Webhooks specifies 24 to 64 bytes; less than 128 bits is refused. */
function isWebhookSecret(text: string): boolean {
  const encoded = text.replace(/^whsec_/, '');
  const bytes = Buffer.from(encoded, 'base64');
  const padded = bytes.toString('base64');
  return bytes.length >= 16 && [padded, padded.replace(/=+$/, '')].includes(encoded);
}
