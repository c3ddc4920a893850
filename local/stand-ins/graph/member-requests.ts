import type { JsonObject } from '../../stack/json.ts';
import { type Answer, refusal } from './answer.ts';
import { type Resource, withGroup, withJson } from './handler.ts';
import { findUnknownProperty, invalid } from './json-body.ts';

/**
 * `…/groups/{g}/members`: https://learn.microsoft.com/graph/api/externalconnectors-externalgroup-post-members
 * Undocumented and chosen here: 409 for a member that already exists (which public connectors expect); a nested group
 * need not exist, and cycles are allowed. For a user unknown to Graph, use a fault rule with a `memberId`.
 */
export const onMembers: Resource = {
  POST: withGroup((context) =>
    withJson(({ store, connectionId, groupId }, { value }) => {
      const wrong = findUnknownProperty(value, ['id', 'type'], 'identity') ?? findWrongMember(value, groupId);
      if (wrong !== undefined) return wrong;
      const member = { id: String(value.id), type: String(value.type) };
      if (store.findMember(connectionId, groupId, member.id) !== undefined) {
        return refusal(409, 'NameAlreadyExists', 'The identity is already a member of the external group.');
      }
      store.putMember(connectionId, groupId, member);
      return { status: 201, body: entity(connectionId, groupId, member), committed: true };
    })(context),
  ),
};

/** `…/groups/{g}/members/{m}` */
export const onMember: Resource = {
  DELETE: withGroup(({ store, connectionId, groupId, memberId }) => {
    if (store.findMember(connectionId, groupId, memberId) === undefined) {
      return refusal(404, 'ResourceNotFound', 'The identity is not a member of the external group.');
    }
    store.removeMember(connectionId, groupId, memberId);
    return { status: 204, committed: true };
  }),
};

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ids: { readonly [type: string]: RegExp | undefined } = {
  user: guid,
  group: guid,
  externalGroup: /^[A-Za-z0-9_-]{1,128}$/,
};

function findWrongMember({ id, type }: JsonObject, groupId: string): Answer | undefined {
  const pattern = typeof type === 'string' && Object.hasOwn(ids, type) ? ids[type] : undefined;
  if (pattern === undefined) {
    return invalid("The value of the property 'type' is missing or invalid.", 'DeserializationError');
  }
  if (typeof id !== 'string' || !pattern.test(id)) {
    return invalid("The value of the property 'id' is missing or invalid.");
  }
  if (type === 'externalGroup' && id.toLowerCase() === groupId.toLowerCase()) {
    return invalid('An external group cannot be a member of itself.');
  }
  return undefined;
}

function entity(connectionId: string, groupId: string, member: { id: string; type: string }): object {
  return {
    '@odata.context': `https://graph.microsoft.com/v1.0/$metadata#external/connections('${connectionId}')/groups('${groupId}')/members/$entity`,
    ...member,
  };
}
