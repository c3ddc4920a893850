import { parseJson } from '../../../src/http/parse-json.ts';
import { maxMembersBody } from '../../../src/http/read-body.ts';
import { AdapterError } from '../../../src/problems/adapter-error.ts';
import { skipByteOrderMark } from '../../send/input.ts';
import { readLines } from '../../send/lines.ts';
import type { FileFault, GroupEntry } from './desired-group.ts';

/** Room for the longest body of members and the group's own properties. */
const maxLine = maxMembersBody + 256 * 1024;

/** Groups from NDJSON, one per line: `{"id", "displayName"?, "description"?, "members"?, "connectionId"?, "declared"?}`. */
export async function* readNdjson(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<{ readonly entry: GroupEntry } | { readonly fault: FileFault }> {
  const ignore = () => undefined;
  for await (const { number, bytes } of readLines(chunks, { line: 0, bytes: 0 }, ignore, maxLine))
    yield bytes === null
      ? { fault: { line: number, pointer: '', detail: 'is too long' } }
      : readLine(number, number === 1 ? skipByteOrderMark(bytes) : bytes);
}

function readLine(line: number, bytes: Buffer): { entry: GroupEntry } | { fault: FileFault } {
  const refuse = (pointer: string, detail: string) => ({ fault: { line, pointer, detail } });
  let value: unknown;
  try {
    value = parseJson(bytes);
  } catch (thrown) {
    if (!(thrown instanceof AdapterError)) throw thrown;
    return refuse('', thrown.safeDetail.replace('The body', 'The line'));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse('', 'is not an object: put one group per line');
  const { connectionId, id, members, declared, ...properties }: Record<string, unknown> = { ...value };
  if (members !== undefined && !Array.isArray(members)) return refuse('/members', 'must be array');
  return { entry: { line, connectionId, id, declared, properties, members: members ?? null } };
}
