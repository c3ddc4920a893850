import { AdapterError } from '../problems/adapter-error.ts';
import { readStrictJson } from '../shared/strict-json.ts';

/** JSON from the bytes of a body; throws `malformed-json` for anything {@link readStrictJson} refuses. */
export function parseJson(bytes: Buffer): unknown {
  const read = readStrictJson(bytes);
  if (read.ok) return read.value;
  throw new AdapterError('malformed-json', `The body ${read.detail}.`, {
    message: `The body ${read.fault}.`,
  });
}
