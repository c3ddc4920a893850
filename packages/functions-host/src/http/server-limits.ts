import type { IncomingMessage } from 'node:http';

/** Kestrel's defaults (KestrelServerLimits.cs of dotnet/aspnetcore), which the host leaves as they are. */
const maxRequestLine = 8_192;
const maxHeaders = 100;
const maxHeaderBytes = 32_768;

/**
 * Bytes that Node's own parser takes for the head of a request: more than Kestrel's limits, so that it is they that
 * count.
 */
export const maxHeadBytes = 1_048_576;

/**
 * The status with which Kestrel refuses a request before the host sees it, or undefined. Node's parser is set to be
 * lenient, because Kestrel takes control characters in header values; what it then takes and Kestrel does not, is
 * refused here (HttpParser.cs, Http1Connection.cs, MessageBody.cs, UrlDecoder.cs).
 */
export function refusalOf(request: IncomingMessage): number | undefined {
  const { method = '', url = '', rawHeaders, headers, httpVersion } = request;
  if (`${method} ${url} HTTP/1.1\r\n`.length > maxRequestLine) return 414;
  if (httpVersion !== '1.0' && httpVersion !== '1.1') return 505;
  const bytes = rawHeaders.reduce((sum, text) => sum + text.length + 2, 0);
  if (rawHeaders.length / 2 > maxHeaders || bytes > maxHeaderBytes) return 431;
  if (rawHeaders.some((text) => text.includes('\0'))) return 400;
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && !/(?:^|,)\s*chunked\s*$/i.test(coding)) return 400;
  if (/%00/.test(url.replace(/\?.*$/s, ''))) return 400;
  const authority = /^https?:\/\/([^/?#]*)/i.exec(url)?.[1];
  if (authority !== undefined && authority !== headers.host) return 400;
  // Chunks count, whatever length is said beside them.
  if (coding !== undefined) delete headers['content-length'];
  return undefined;
}
