import type { IncomingHttpHeaders } from 'node:http';

/** The target of a request according to its path. */
export interface GraphTarget {
  readonly kind: 'groups' | 'group' | 'members' | 'member' | 'unknown';
  readonly connectionId?: string;
  readonly groupId?: string;
  readonly memberId?: string;
  /** The first path segment that the stand-in does not know, for the error text. */
  readonly unknownSegment?: string;
}

/** One request, completely read. */
export interface GraphRequest {
  readonly method: string;
  readonly target: GraphTarget;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Reads `/v1.0/external/connections/{c}/groups[/{g}[/members[/{m}]]]`; ids are percent-decoded. */
export function readTarget(path: string): GraphTarget {
  const segments = path.split('/').slice(1).map(decodeSegment);
  const [version, external, connections, connectionId, groups, groupId, members, memberId, ...rest] =
    segments;
  const fixed = [
    [version, 'v1.0'],
    [external, 'external'],
    [connections, 'connections'],
  ] as const;
  for (const [given, wanted] of fixed) {
    if (given !== wanted) return { kind: 'unknown', unknownSegment: given ?? '' };
  }
  if (!connectionId) return { kind: 'unknown', unknownSegment: '' };
  const unknown = (segment = ''): GraphTarget => ({ kind: 'unknown', connectionId, unknownSegment: segment });
  if (groups !== 'groups') return unknown(groups);
  if (groupId === undefined) return { kind: 'groups', connectionId };
  if (groupId === '') return unknown(members);
  if (members === undefined) return { kind: 'group', connectionId, groupId };
  if (members !== 'members') return unknown(members);
  if (memberId === undefined) return { kind: 'members', connectionId, groupId };
  if (memberId === '' || rest.length > 0) return unknown(rest[0]);
  return { kind: 'member', connectionId, groupId, memberId };
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
