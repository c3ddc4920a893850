import type { ExternalGroup } from '../../../src/groups/external-group.ts';
import type { GraphWrite } from '../../../src/groups/graph-write.ts';
import type { Member } from '../../../src/groups/member.ts';
import type { Prng } from './prng.ts';

export type GraphRequest = GraphWrite | { readonly kind: 'read-group'; readonly groupId: string };

/** Graph's response: `code` is the one of its error. */
export interface GraphReply {
  readonly status: number;
  readonly body?: object;
  readonly code?: string;
  /** Seconds. */
  readonly retryAfter?: number;
}

export interface GraphGroup {
  readonly group: ExternalGroup;
  /** Ids in lower case: to Graph, who has the same id is the same member, of whatever type. */
  readonly members: ReadonlySet<string>;
}

/** Observes every request that is carried out, with Graph's response, whether or not anybody receives it. */
export type OnGraphRequest = (connectionId: string, request: GraphRequest, reply: GraphReply) => void;

export interface GraphServiceOptions {
  /** The share of calls that start a series of wrong 404s. */
  readonly wrong404s: () => number;
  /** Milliseconds from one stretch about a thing to the next. */
  readonly wrong404Pause: number;
  readonly onRequest: OnGraphRequest;
}

/** External groups and members, under these assumptions: a deletion ends memberships; a 404 may be wrong for a while. */
export interface GraphService {
  readonly handle: (connectionId: string, request: GraphRequest) => GraphReply;
  /** The true state, whatever Graph may answer at the moment; null: there is no such group. */
  readonly look: (connectionId: string, groupId: string) => GraphGroup | null;
  /** Somebody else makes it so; null: there is no such group. */
  readonly put: (connectionId: string, groupId: string, held: GraphGroup | null) => void;
  /** Connections that Graph knows, and those among them that it denies to the caller. */
  readonly connections: Set<string>;
  readonly denied: Set<string>;
}

export function memberId({ id }: Pick<Member, 'id'>): string {
  return id.toLowerCase();
}

/** A group with this description is one that Graph refuses. */
export const rejectedDescription = 'refused by Graph';

/** A 404 about something that exists stays wrong for less than two minutes. */
const wrongFor = 120_000;

export function createGraphService(
  prng: Prng,
  now: () => number,
  options: GraphServiceOptions,
): GraphService {
  const connections = new Set<string>();
  const denied = new Set<string>();
  const groups = new Map<string, { group: ExternalGroup; members: Set<string> }>();
  /** When a series of wrong 404s began, by the thing that they are about. */
  const wrongSince = new Map<string, number>();
  const rightUntil = new Map<string, number>();

  const keyOf = (connectionId: string, groupId: string) => `${connectionId}/${groupId}`.toLowerCase();
  const notFound: GraphReply = { status: 404, code: 'ItemNotFound' };

  /** Whether Graph overlooks a thing that exists: it ends a series by showing it once. */
  function overlooks(thing: string): boolean {
    const since = wrongSince.get(thing);
    if (since === undefined && now() < (rightUntil.get(thing) ?? 0)) return false;
    const mayBe = since === undefined || now() - since < wrongFor;
    if (mayBe && prng.chance(since === undefined ? options.wrong404s() : 0.5)) {
      if (since === undefined) wrongSince.set(thing, now());
      return true;
    }
    if (since !== undefined) rightUntil.set(thing, now() + options.wrong404Pause);
    wrongSince.delete(thing);
    return false;
  }

  function create(key: string, group: ExternalGroup): GraphReply {
    if (groups.has(key)) return { status: 409, code: 'NameAlreadyExists' };
    const created = {
      id: group.id,
      displayName: group.displayName ?? null,
      description: group.description ?? null,
    };
    groups.set(key, { group: created, members: new Set() });
    return { status: 201, body: created };
  }

  function reply(connectionId: string, request: GraphRequest): GraphReply {
    if (!connections.has(connectionId)) return notFound;
    if (denied.has(connectionId)) return { status: 403, code: 'AccessDenied' };
    if ('group' in request && request.group.description === rejectedDescription)
      return { status: 400, code: 'BadRequest' };
    const groupId = 'group' in request ? request.group.id : request.groupId;
    const key = keyOf(connectionId, groupId);
    if (request.kind === 'create-group') return create(key, request.group);
    const held = groups.get(key);
    if (held === undefined) return notFound;
    // A removal has one stretch of its own: with the group's besides, its 404s would be wrong for twice as long.
    if (request.kind === 'remove-member') return removeMember(held.members, key, request.member);
    if (overlooks(key)) return notFound;
    switch (request.kind) {
      case 'read-group':
        return { status: 200, body: held.group };
      case 'update-group': {
        const { displayName, description } = request.group;
        held.group = { ...held.group, displayName: displayName ?? null, description: description ?? null };
        return { status: 204 };
      }
      case 'delete-group':
        groups.delete(key);
        return { status: 204 };
      case 'add-member': {
        const member = memberId(request.member);
        if (held.members.has(member)) return { status: 409, code: 'MemberAlreadyExists' };
        held.members.add(member);
        return { status: 201, body: request.member };
      }
    }
  }

  function removeMember(members: Set<string>, key: string, member: Member): GraphReply {
    const name = memberId(member);
    if (!members.has(name) || overlooks(`${key}/${name}`)) return notFound;
    members.delete(name);
    return { status: 204 };
  }

  return {
    connections,
    denied,
    look: (connectionId, groupId) => groups.get(keyOf(connectionId, groupId)) ?? null,
    put: (connectionId, groupId, held) => {
      const key = keyOf(connectionId, groupId);
      if (held === null) groups.delete(key);
      else groups.set(key, { group: held.group, members: new Set(held.members) });
    },
    handle: (connectionId, request) => {
      const said = reply(connectionId, request);
      options.onRequest(connectionId, request, said);
      return said;
    },
  };
}
