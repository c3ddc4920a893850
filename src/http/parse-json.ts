import { AdapterError } from '../problems/adapter-error.ts';

/**
 * JSON from the bytes of a body. Throws `malformed-json` for anything that two readers could take for two things:
 * bytes that are no UTF-8, a byte order mark, a name that stands twice in the object.
 */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) throw malformed('The body is empty.');
  const text = decode(bytes);
  if (text.startsWith('\uFEFF')) throw malformed('The body begins with a byte order mark.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed('The body is not JSON.');
  }
  const twice = nameGivenTwice(text);
  if (twice !== null)
    throw malformed(`The name ${JSON.stringify(twice.slice(0, 128))} stands twice in the object.`);
  return value;
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformed('The body is not UTF-8.');
  }
}

/** In text that is known to be JSON, these are all the tokens that say where a name stands. */
const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

/**
 * `JSON.parse` silently keeps the last of two equal names; a proxy in front may have looked at the first. Not
 * recursive: a body of 32 Ki brackets would overflow the stack.
 */
function nameGivenTwice(text: string): string | null {
  const seen = new Set<string>();
  let depth = 0;
  let last = '""';
  for (const [token] of text.matchAll(tokens)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (token !== ':') last = token;
    else if (depth === 1) {
      const name = String(JSON.parse(last));
      if (seen.has(name)) return name;
      seen.add(name);
    }
  }
  return null;
}

function malformed(detail: string): AdapterError {
  return new AdapterError('malformed-json', detail);
}
