import { isJsonObject, type JsonObject, parseJson } from '../../stack/json.ts';
import { type Answer, refusal } from './answer.ts';
import type { GraphRequest } from './graph-request.ts';

/** Whether a request's content type is JSON. */
export function isJsonContentType(contentType: string | undefined): boolean {
  return /^application\/json\s*(;|$)/i.test(contentType ?? '');
}

export interface JsonBody {
  readonly value: JsonObject;
}

/** The JSON object in a request, or Graph's error if there is none. */
export function readJsonBody({ headers, body }: GraphRequest): JsonBody | { readonly refused: Answer } {
  const contentType = headers['content-type'];
  if (contentType === undefined) {
    return {
      refused: refusal(400, 'BadRequest', 'Entity only allows writes with a JSON Content-Type header.'),
    };
  }
  if (!isJsonContentType(contentType)) {
    return {
      refused: refusal(415, 'UnsupportedMediaType', `The media type '${contentType}' is not supported.`),
    };
  }
  const value = parseJson(decodeUtf8(body) ?? '');
  if (isJsonObject(value)) return { value };
  return {
    refused: refusal(
      400,
      'BadRequest',
      'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
    ),
  };
}

/** Graph's 400 for a body that is JSON and breaks the schema. */
export function invalid(message: string, innerCode?: string): Answer {
  return refusal(400, 'InvalidRequest', message, innerCode);
}

/**
 * Unknown properties are answered with `InvalidRequest` and the inner code `DeserializationError`, as observed:
 * https://github.com/microsoftgraph/microsoft-graph-docs/issues/11984
 */
export function findUnknownProperty(
  value: JsonObject,
  properties: readonly string[],
  type: 'externalGroup' | 'identity',
): Answer | undefined {
  const unknown = Object.keys(value).find((name) => !properties.includes(name));
  if (unknown === undefined) return undefined;
  return invalid(
    `The property '${unknown}' does not exist on type 'microsoft.graph.externalConnectors.${type}' or may not be set.`,
    'DeserializationError',
  );
}

function decodeUtf8(body: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}
