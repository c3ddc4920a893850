import type { IncomingHttpHeaders } from 'node:http';

/** Where a request goes, as far as its path says. */
export interface GraphTarget {
  readonly kind: 'groups' | 'group' | 'unknown';
  readonly connectionId?: string;
  readonly groupId?: string;
  /** The first path segment that the stand-in does not know, for the error text. */
  readonly unknownSegment?: string;
}

/** One request, read completely. */
export interface GraphRequest {
  readonly method: string;
  readonly target: GraphTarget;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Reads `/v1.0/external/connections/{c}/groups[/{g}]`; ids are percent-decoded. */
export function readTarget(path: string): GraphTarget {
  const segments = path.split('/').slice(1).map(decodeSegment);
  const [version, external, connections, connectionId, groups, groupId, ...rest] = segments;
  const fixed = [
    [version, 'v1.0'],
    [external, 'external'],
    [connections, 'connections'],
  ] as const;
  for (const [given, wanted] of fixed) {
    if (given !== wanted) return { kind: 'unknown', unknownSegment: given ?? '' };
  }
  if (!connectionId) return { kind: 'unknown', unknownSegment: '' };
  if (groups !== 'groups') return { kind: 'unknown', connectionId, unknownSegment: groups ?? '' };
  if (groupId === undefined) return { kind: 'groups', connectionId };
  if (groupId === '' || rest.length > 0)
    return { kind: 'unknown', connectionId, unknownSegment: rest[0] ?? '' };
  return { kind: 'group', connectionId, groupId };
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
