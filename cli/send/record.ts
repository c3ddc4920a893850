import type { ExternalGroup } from '../../src/groups/external-group.ts';
import { isTooLarge, maxGroupBytes } from '../../src/groups/external-group.ts';
import type { ValidateCreation, ValidationFault } from '../../src/groups/validation.ts';
import { parseJson } from '../../src/http/parse-json.ts';
import { AdapterError } from '../../src/problems/adapter-error.ts';

/** A group to create: everything that a producer needs to send. */
export interface Creation {
  readonly connectionId: string;
  readonly group: ExternalGroup;
}

/** Why a line was refused: where (a JSON pointer; empty for the whole line), and what is wrong. */
export interface Fault {
  readonly code: string;
  readonly pointer: string;
  readonly detail: string;
}

export type ReadRecord = { readonly creation: Creation } | { readonly faults: readonly Fault[] };

/** Reads a group, or `{connectionId, group}`, by the adapter's own rules. */
export function createRecordReader(
  validate: ValidateCreation,
  connection: string | undefined,
): (bytes: Buffer) => ReadRecord {
  return (bytes) => {
    let value: unknown;
    try {
      value = parseJson(bytes);
    } catch (thrown) {
      if (!(thrown instanceof AdapterError)) throw thrown;
      return refusal(thrown.code, thrown.safeDetail.replace('The body', 'The line'));
    }
    if (Array.isArray(value))
      return refusal('validation-failed', 'is an array; put one group per line (jq -c ".[]" does that)');
    const { connectionId, group, wrapped, others } = unwrap(value);
    const validated = validate(connectionId ?? connection, group);
    if (!validated.ok || others.length > 0) {
      const faults = validated.ok
        ? []
        : validated.faults.map((fault) => place(fault, wrapped, connectionId ?? connection));
      return { faults: [...faults, ...others] };
    }
    const creation = { connectionId: validated.connectionId, group: validated.group };
    if (isTooLarge(creation.group)) return tooLarge();
    return { creation };
  };
}

/** A line that was not even read to its end. */
export function tooLarge(): { readonly faults: readonly Fault[] } {
  return refusal('payload-too-large', `The group is over ${maxGroupBytes / 1024} KiB.`);
}

function unwrap(value: unknown) {
  const isWrapped =
    typeof value === 'object' &&
    value !== null &&
    (Object.hasOwn(value, 'group') || Object.hasOwn(value, 'connectionId'));
  if (!isWrapped) return { connectionId: undefined, group: value, wrapped: false, others: [] };
  const { connectionId, group, ...rest }: Record<string, unknown> = { ...value };
  const others = Object.keys(rest).map((name) => ({
    code: 'validation-failed',
    pointer: `/${name.slice(0, 128).replaceAll('~', '~0').replaceAll('/', '~1')}`,
    detail: 'is not allowed next to "connectionId" and "group"',
  }));
  return { connectionId, group, wrapped: true, others };
}

/** The validation points into the group and at the path; here both are parts of one line. */
function place(fault: ValidationFault, wrapped: boolean, connectionId: unknown): Fault {
  const isMissing = fault.in === 'path' && connectionId === undefined;
  return {
    code: 'validation-failed',
    pointer: fault.in === 'body' && wrapped ? `/group${fault.pointer}` : fault.pointer,
    detail: isMissing ? 'is missing: name it in the line, or use --connection for all lines' : fault.detail,
  };
}

function refusal(code: string, detail: string): { readonly faults: readonly Fault[] } {
  return { faults: [{ code, pointer: '', detail }] };
}
