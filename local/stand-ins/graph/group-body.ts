import { isJsonObject, type JsonObject, parseJson } from '../../stack/json.ts';
import { type Answer, refusal } from './answer.ts';

/** The properties of an external group that a request may carry. */
export interface GroupBody {
  readonly id?: string;
  readonly displayName?: string | null;
  readonly description?: string | null;
}

const invalid = (message: string, innerCode?: string) => refusal(400, 'InvalidRequest', message, innerCode);

/**
 * Reads a body of exactly the documented properties, or says what is wrong with it. `properties` are those that
 * this operation takes: a create has an `id`, an update has not.
 * Unknown properties answer `InvalidRequest` with the inner code `DeserializationError`, as Graph was seen to
 * do: https://github.com/microsoftgraph/microsoft-graph-docs/issues/11984
 */
export function readGroupBody(body: Buffer, properties: readonly (keyof GroupBody)[]): GroupBody | Answer {
  const value = parseJson(decodeUtf8(body) ?? '');
  if (!isJsonObject(value)) {
    return refusal(
      400,
      'BadRequest',
      'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
    );
  }
  const strange = Object.keys(value).find((name) => !properties.some((property) => property === name));
  if (strange !== undefined) {
    return invalid(
      `The property '${strange}' does not exist on type 'microsoft.graph.externalConnectors.externalGroup' or may not be set.`,
      'DeserializationError',
    );
  }
  return findWrongValue(value, properties.includes('id')) ?? (value as GroupBody);
}

function findWrongValue({ id, displayName, description }: JsonObject, idWanted: boolean): Answer | undefined {
  if (idWanted && (typeof id !== 'string' || !/^[A-Za-z0-9_-]{1,128}$/.test(id))) {
    return invalid("The value of the property 'id' is missing or invalid.");
  }
  for (const [name, given] of Object.entries({ displayName, description })) {
    if (given !== undefined && given !== null && typeof given !== 'string') {
      return invalid(`The value of the property '${name}' is not a string.`, 'DeserializationError');
    }
  }
  return undefined;
}

function decodeUtf8(body: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}

/** Tells an answer from a body. */
export function isAnswer(value: GroupBody | Answer): value is Answer {
  return 'status' in value;
}
