import type { GraphReply, GraphRequest } from './graph-service.ts';
import type { Prng } from './prng.ts';

/**
 * The kinds of refusals that Graph draws from, besides throttling, outages and missing permissions:
 *
 *     final       400: this will never be accepted
 *     conflict    409 to an addition that does not say that the thing exists; never twice about one, for that would be believed
 *     timeout     408: carried out or not
 *     locked      423: not now
 */
export const refusalKinds = ['final', 'conflict', 'timeout', 'locked'] as const;
export type RefusalKind = (typeof refusalKinds)[number];

const temporary: readonly GraphReply[] = [
  { status: 429, code: 'TooManyRequests', retryAfter: 3 },
  { status: 429, code: 'TooManyRequests', retryAfter: 90 },
  { status: 429, code: 'TooManyRequests' },
  { status: 503, code: 'ServiceUnavailable', retryAfter: 10 },
  { status: 500, code: 'InternalServerError' },
  { status: 403, code: 'AccessDenied' },
  { status: 401, code: 'InvalidAuthenticationToken' },
];

const replies: Readonly<Record<RefusalKind, GraphReply>> = {
  final: { status: 400, code: 'BadRequest' },
  conflict: { status: 409, code: 'Conflict' },
  timeout: { status: 408, code: 'RequestTimeout' },
  locked: { status: 423, code: 'Locked' },
};

const nameOf = (connectionId: string, groupId: string) => `${connectionId}/${groupId}`.toLowerCase();

/** What would be added; null: the request adds nothing. */
function thingOf(name: string, request: GraphRequest): string | null {
  if (request.kind === 'create-group') return name;
  return request.kind === 'add-member' ? `${name}/${request.member.id.toLowerCase()}` : null;
}

export interface Refusals {
  /** What Graph says where it turns a request down. */
  readonly draw: (connectionId: string, request: GraphRequest) => GraphReply;
  /** Whether Graph has ever said for good that it does not want something about this group. */
  readonly wasFinal: (connectionId: string, groupId: string) => boolean;
  /** The same, or any other answer that is a 4xx. */
  readonly wasRefused: (connectionId: string, groupId: string) => boolean;
}

export function createRefusals(prng: Prng, allowed: readonly RefusalKind[]): Refusals {
  const occurring = allowed.filter(() => prng.chance(0.25));
  const final = new Set<string>();
  const passing = new Set<string>();
  const inConflict = new Set<string>();

  function drawKind(request: GraphRequest): RefusalKind | null {
    if (occurring.length === 0 || request.kind === 'read-group' || !prng.chance(0.4)) return null;
    return prng.pick(occurring);
  }

  return {
    draw: (connectionId, request) => {
      const groupId = 'group' in request ? request.group.id : request.groupId;
      const name = nameOf(connectionId, groupId);
      const kind = drawKind(request);
      if (kind === 'conflict') {
        const thing = thingOf(name, request);
        if (thing !== null && !inConflict.has(thing)) {
          inConflict.add(thing);
          return replies.conflict;
        }
      } else if (kind !== null) {
        (kind === 'final' ? final : passing).add(name);
        return replies[kind];
      }
      // The last resort of a bad day besides these: a success without a body.
      const success = { status: request.kind === 'create-group' ? 201 : 200 };
      return prng.pick([...temporary, success]);
    },
    wasFinal: (connectionId, groupId) => final.has(nameOf(connectionId, groupId)),
    wasRefused: (connectionId, groupId) => {
      const name = nameOf(connectionId, groupId);
      return final.has(name) || passing.has(name);
    },
  };
}
