import { createHmac, timingSafeEqual } from 'node:crypto';

/** Seconds that the sender's clock may differ (standardwebhooks.com). */
const tolerance = 300;

/**
 * The scheme of Standard Webhooks over bytes: HMAC-SHA256 of `id.timestamp.body`. The reference library signs text, which
 * bytes that are not UTF-8 cannot become without becoming other bytes.
 */
export function isSigned(secret: string, body: Buffer, headers: Headers, now: number): boolean {
  const [id, timestamp, signatures] = [
    headers.get('webhook-id') ?? '',
    headers.get('webhook-timestamp') ?? '',
    headers.get('webhook-signature') ?? '',
  ];
  if (id === '' || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(Math.floor(now / 1000) - Number(timestamp)) > tolerance) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  return signatures.split(' ').some((versioned) => {
    const [version, signature = ''] = versioned.split(',');
    const given = Buffer.from(signature, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
}
