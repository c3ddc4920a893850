import type { HandshakeAnswer, SourceRequest } from './define-source.ts';

/**
 * The handshake of CloudEvents webhooks (cloudevents/spec, http-webhook.md, "Abuse protection"), as Event Grid makes it:
 * OPTIONS with `WebHook-Request-Origin`.
 */
export function allowWebhookOrigin({ method, headers }: SourceRequest): HandshakeAnswer | null {
  const origin = headers.get('webhook-request-origin');
  if (method !== 'OPTIONS' || origin === null || origin === '') return null;
  return { headers: { 'webhook-allowed-origin': origin, 'webhook-allowed-rate': '*' } };
}
