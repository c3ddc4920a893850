import type { JsonObject } from '../../stack/json.ts';
import { type Answer, refusal } from './answer.ts';
import type { StoredGroup } from './group-store.ts';
import { type Resource, withGroup, withJson } from './handler.ts';
import { findUnknownProperty, invalid } from './json-body.ts';

/**
 * `…/groups`. The response to a duplicate id is undocumented; two independent connectors expect 409
 * `NameAlreadyExists`.
 */
export const onGroups: Resource = {
  POST: withJson(({ store, connectionId }, { value }) => {
    const wrong =
      findUnknownProperty(value, ['id', 'displayName', 'description'], 'externalGroup') ??
      findWrongId(value) ??
      findWrongText(value);
    if (wrong !== undefined) return wrong;
    const group = { displayName: null, description: null, ...(value as Pick<StoredGroup, 'id'>) };
    if (!store.canCreate(connectionId, group.id)) {
      return refusal(409, 'NameAlreadyExists', `An external group with the id '${group.id}' already exists.`);
    }
    store.put(connectionId, group);
    return { status: 201, body: entity(connectionId, group), committed: true };
  }),
};

/** `…/groups/{g}` */
export const onGroup: Resource = {
  GET: withGroup(({ connectionId }, group) => ({ status: 200, body: entity(connectionId, group) })),
  PATCH: withGroup((context, group) =>
    withJson(({ store, connectionId }, { value }) => {
      const wrong =
        findUnknownProperty(value, ['displayName', 'description'], 'externalGroup') ?? findWrongText(value);
      if (wrong !== undefined) return wrong;
      store.put(connectionId, { ...group, ...(value as Partial<StoredGroup>) });
      return { status: 204, committed: true };
    })(context),
  ),
  DELETE: withGroup(({ store, connectionId, groupId }) => {
    store.remove(connectionId, groupId);
    return { status: 204, committed: true };
  }),
};

function findWrongId({ id }: JsonObject): Answer | undefined {
  if (typeof id === 'string' && /^[A-Za-z0-9_-]{1,128}$/.test(id)) return undefined;
  return invalid("The value of the property 'id' is missing or invalid.");
}

function findWrongText({ displayName, description }: JsonObject): Answer | undefined {
  for (const [name, given] of Object.entries({ displayName, description })) {
    if (given !== undefined && given !== null && typeof given !== 'string') {
      return invalid(`The value of the property '${name}' is not a string.`, 'DeserializationError');
    }
  }
  return undefined;
}

function entity(connectionId: string, { id, displayName, description }: StoredGroup): object {
  return {
    '@odata.context': `https://graph.microsoft.com/v1.0/$metadata#external/connections('${connectionId}')/groups/$entity`,
    id,
    displayName,
    description,
  };
}
