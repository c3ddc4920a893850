import { type Answer, refusal } from './answer.ts';
import type { GraphRequest, GraphTarget } from './graph-request.ts';
import { onGroup, onGroups } from './group-requests.ts';
import type { GroupStore } from './group-store.ts';
import type { Resource } from './handler.ts';
import { onMember, onMembers } from './member-requests.ts';

const resources: { readonly [kind in Exclude<GraphTarget['kind'], 'unknown'>]: Resource } = {
  groups: onGroups,
  group: onGroup,
  members: onMembers,
  member: onMember,
};

/**
 * How Graph's external groups API answers an authorised request, and the change it makes:
 * https://learn.microsoft.com/graph/api/externalconnectors-external-post-connections (and its neighbours).
 */
export function answerRequest(request: GraphRequest, store: GroupStore): Answer {
  const { target, method } = request;
  const { connectionId = '', groupId = '', memberId = '' } = target;
  if (target.kind === 'unknown') {
    return refusal(400, 'BadRequest', `Resource not found for the segment '${target.unknownSegment}'.`);
  }
  const resource = resources[target.kind];
  const handle = Object.hasOwn(resource, method) ? resource[method] : undefined;
  if (handle === undefined) {
    const refused = refusal(405, 'MethodNotAllowed', `The method ${method} is not supported here.`);
    return { ...refused, headers: { allow: Object.keys(resource).join(', ') } };
  }
  if (!store.knows(connectionId)) {
    return refusal(404, 'ResourceNotFound', `The connection '${connectionId}' was not found.`);
  }
  return handle({ request, store, connectionId, groupId, memberId });
}
