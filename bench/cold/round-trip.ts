/**
 * One call of Graph from a process that has made none: including name lookup, TLS and `fetch` itself.
 *
 *     node round-trip.js <url> <token> <body>
 */
const [url = '', token = '', body = ''] = process.argv.slice(2);
const startedAt = performance.now();
const response = await fetch(url, {
  method: 'POST',
  headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  body,
});
await response.text();
const ms = performance.now() - startedAt;
process.send?.({ ms, cpuMs: 0, status: response.status }, () => process.exit(0));

export {};
