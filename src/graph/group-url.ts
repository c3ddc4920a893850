/** Ids are validated earlier; Microsoft's client encodes nothing, so this is the last place that can. */
export function groupsPath(connectionId: string): string {
  return `/external/connections/${segment(connectionId)}/groups`;
}

export function groupPath(connectionId: string, groupId: string): string {
  return `${groupsPath(connectionId)}/${segment(groupId)}`;
}

export function membersPath(connectionId: string, groupId: string): string {
  return `${groupPath(connectionId, groupId)}/members`;
}

export function memberPath(connectionId: string, groupId: string, memberId: string): string {
  return `${membersPath(connectionId, groupId)}/${segment(memberId)}`;
}

/** The users of the directory. */
export const usersPath = '/users';

/** The part of a path that names the connection: the same for all calls of one connection, and for no others. */
export function connectionOfPath(path: string): string {
  return (/\/external\/connections\/([^/]*)/.exec(path)?.[1] ?? '').toLowerCase();
}

/** The URL of a group in Graph: the `Location` of a created one. */
export function groupUrl(root: string, connectionId: string, groupId: string): string {
  return `${root}/v1.0${groupPath(connectionId, groupId)}`;
}

/** A dot segment means another resource to every URL parser, encoded or not (WHATWG URL): never send one. */
function segment(id: string): string {
  if (/^\.{0,2}$/.test(id)) throw new Error('an id is empty or a dot segment');
  return encodeURIComponent(id);
}
