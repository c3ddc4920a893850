import type { FaultRule, GraphFault } from '../../local/stand-ins/graph/faults.ts';

/** Every way in which Graph and the network have been seen to fail, each as likely as the others. */
function faults(now: number): readonly GraphFault[] {
  return [
    { kind: 'throttle' },
    { kind: 'throttle', retryAfter: '1' },
    { kind: 'throttle', retryAfter: '0.5' },
    { kind: 'throttle', retryAfter: new Date(now + 2_000).toUTCString() },
    { kind: 'status', status: 503, body: 'odata' },
    { kind: 'status', status: 503, body: 'odata', commit: true, headers: { 'retry-after': '1' } },
    { kind: 'status', status: 502, body: 'html' },
    { kind: 'status', status: 502, body: 'html', commit: true },
    { kind: 'status', status: 500, body: 'broken-json' },
    { kind: 'reset' },
    { kind: 'reset', commit: true },
    { kind: 'hang' },
    { kind: 'hang', commit: true },
    { kind: 'truncate', commit: true },
    { kind: 'late', ms: 300, answer: 'reset' },
    { kind: 'late', ms: 1_000, answer: 'gateway-timeout' },
    { kind: 'late', ms: 1_500 },
  ];
}

/**
 * Rules that together hit `share` of all calls. They are tried in order, so each is drawn from what the previous ones
 * have left: a growing share of the remainder, and thus an equal share of the whole.
 */
export function faultyShare(share: number, now: number): readonly FaultRule[] {
  const all = faults(now);
  const each = share / all.length;
  return all.map((fault, index) => ({ fault, probability: each / (1 - index * each) }));
}
