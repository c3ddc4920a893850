/** The charset of valid ids leaves nothing to encode; Microsoft's client does not encode at all, so this is the belt. */
export function groupsPath(connectionId: string): string {
  return `/external/connections/${encodeURIComponent(connectionId)}/groups`;
}

export function groupPath(connectionId: string, groupId: string): string {
  return `${groupsPath(connectionId)}/${encodeURIComponent(groupId)}`;
}

/** Where a group is found in Graph: the `Location` of a created one. */
export function groupUrl(root: string, connectionId: string, groupId: string): string {
  return `${root}/v1.0${groupPath(connectionId, groupId)}`;
}
