import { isConnectionId } from '../../../../src/groups/connection-id.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../../stack/json.ts';
import type { Caller } from '../../identity/token-issuer.ts';
import { type Answer, refusal } from '../answer.ts';
import { forbidden } from '../authorise.ts';
import { type ConnectionStore, isOwn, type StoredConnection } from './connection-store.ts';

interface ConnectionRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
  readonly caller: Caller;
}

const toRead = ['ExternalConnection.Read.All', 'ExternalConnection.ReadWrite.All'];
const toWrite = ['ExternalConnection.ReadWrite.All'];
const ownedBy = 'ExternalConnection.ReadWrite.OwnedBy';

/**
 * `/v1.0/external/connections[/{id}]`; undefined for any other path. A connection of another app looks absent
 * (msgraph-sdk-dotnet#758). https://learn.microsoft.com/graph/api/resources/externalconnectors-externalconnection
 */
export function answerConnections(request: ConnectionRequest, store: ConnectionStore): Answer | undefined {
  const [, connectionId] = /^\/v1\.0\/external\/connections(?:\/([A-Za-z0-9_-]+))?$/.exec(request.path) ?? [];
  if (connectionId === undefined && request.path !== '/v1.0/external/connections') return undefined;
  const { method, caller } = request;
  if (connectionId === undefined)
    return method === 'POST'
      ? create(request, store)
      : refusal(405, 'MethodNotAllowed', `No ${method} here.`);
  const sufficient = method === 'GET' ? toRead : toWrite;
  const all = caller.permissions.some((permission) => sufficient.includes(permission));
  if (!all && !caller.permissions.includes(ownedBy)) return forbidden();
  const connection = store.find(connectionId);
  if (connection === undefined || (!all && !isOwn(connection, caller)))
    return refusal(404, 'ResourceNotFound', `The connection '${connectionId}' was not found.`);
  if (method === 'GET') return { status: 200, body: entity(connection) };
  if (method === 'PATCH') return update(request, connection, store);
  return refusal(405, 'MethodNotAllowed', `No ${method} here.`);
}

function create({ body, caller }: ConnectionRequest, store: ConnectionStore): Answer {
  if (!caller.permissions.some((permission) => [...toWrite, ownedBy].includes(permission)))
    return forbidden();
  const value = parseJson(body.toString('utf8'));
  const { id, name, description = null, configuration } = isJsonObject(value) ? value : {};
  if (typeof id !== 'string' || !isConnectionId(id) || typeof name !== 'string' || name === '')
    return refusal(400, 'InvalidRequest', "The value of 'id' or 'name' is missing or invalid.");
  if (store.find(id) !== undefined)
    return refusal(409, 'NameAlreadyExists', `A connection with the id '${id}' already exists.`);
  const authorizedAppIds = readAppIds(configuration) ?? [];
  const connection: StoredConnection = {
    id,
    name,
    description: typeof description === 'string' ? description : null,
    ownerAppId: caller.clientId,
    authorizedAppIds,
  };
  store.put(connection);
  return { status: 201, body: entity(connection), committed: true };
}

/** What a request leaves out stays unchanged; a list replaces the previous one. */
function update({ body }: ConnectionRequest, connection: StoredConnection, store: ConnectionStore): Answer {
  const value = parseJson(body.toString('utf8'));
  if (!isJsonObject(value)) return refusal(400, 'BadRequest', 'Unable to read JSON request payload.');
  const authorizedAppIds = readAppIds(value.configuration);
  if (value.configuration !== undefined && authorizedAppIds === undefined)
    return refusal(400, 'InvalidRequest', "The value of 'configuration' is invalid.");
  const texts: JsonObject = Object.fromEntries(
    Object.entries(value).filter(
      ([name, given]) => ['name', 'description'].includes(name) && typeof given === 'string',
    ),
  );
  store.put({ ...connection, ...texts, ...(authorizedAppIds === undefined ? {} : { authorizedAppIds }) });
  return { status: 204, committed: true };
}

function readAppIds(configuration: unknown): string[] | undefined {
  const ids = isJsonObject(configuration) ? configuration.authorizedAppIds : undefined;
  return Array.isArray(ids) && ids.every((id) => typeof id === 'string') ? ids : undefined;
}

function entity({ id, name, description, authorizedAppIds }: StoredConnection): object {
  return { id, name, description, state: 'ready', configuration: { authorizedAppIds } };
}
