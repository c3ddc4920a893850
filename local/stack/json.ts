/** A JSON object whose members are not known yet. */
export type JsonObject = { readonly [name: string]: unknown };

/** Narrows parsed JSON to an object (not null, not an array). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parsed JSON, or `undefined` if the text is not JSON. (`null` is JSON and stays `null`.) */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
