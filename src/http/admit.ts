import type { CanonicalId } from '../groups/connection-id.ts';
import { createFaultList, type FaultList } from '../groups/fault-list.ts';
import { AdapterError } from '../problems/adapter-error.ts';
import { jsonType, requireJson } from './media-type.ts';
import { parsed, readJson } from './parse-json.ts';
import type { RequireLength } from './read-body.ts';
import { maxBody, readBody } from './read-body.ts';
import type { IncomingRequest } from './request.ts';
import type { Signatures } from './verify-signature.ts';

/** Who may call, and about which connection, in which spelling. */
export interface Callers {
  readonly requireLength: RequireLength;
  readonly signatures: Signatures;
  readonly canonicalId: CanonicalId;
}

/** What a route asks of a request beyond its key, which the host has checked. */
interface Admission<T> {
  /** Maximum bytes of the body. */
  readonly longest?: number;
  /**
   * Throws if the request is not signed as it must be; absent: the key is enough. `body`: the parsed body, for what it says
   * about its connection; undefined if it cannot be parsed.
   */
  readonly checkSignature?: (signatures: Signatures, bytes: Buffer, body: unknown) => void;
  /** Media types that the body may have; null: the route takes no body. */
  readonly types?: readonly string[] | null;
  /**
   * Narrows path, query and body together: each error is added, so that all are reported at once. Null: there are some.
   * `bytes` are those of a body that the route does not take.
   */
  readonly read: (body: unknown, faults: FaultList, bytes: Buffer) => T | null | Promise<T | null>;
}

/**
 * The checks of every route, in their one order: length, size, signature, media type, JSON, schema and connection id
 * together, allowed connection, which is returned in the spelling that counts. A caller who has not passed the signature
 * learns nothing about the body.
 */
export async function admit<T extends { readonly connectionId: string }>(
  request: IncomingRequest,
  { requireLength, signatures, canonicalId }: Callers,
  { longest = maxBody, checkSignature, types = [jsonType], read }: Admission<T>,
): Promise<T> {
  const { headers } = request;
  if (types !== null) requireLength(headers);
  const bytes = await readBody(request, { longest });
  const json = types === null ? null : await readJson(bytes);
  checkSignature?.(signatures, bytes, json?.ok ? json.value : undefined);
  if (types !== null) requireJson(headers, types);
  const body = json === null ? undefined : parsed(json);
  const faults = createFaultList();
  const admitted = await read(body, faults, bytes);
  if (admitted === null || !faults.isEmpty()) throw validationFailed(faults);
  const connectionId = canonicalId(admitted.connectionId);
  if (connectionId === null)
    throw new AdapterError('connection-not-allowed', 'This adapter does not serve the connection.');
  return { ...admitted, connectionId };
}

/** The problem for a list of validation errors. */
export function validationFailed(faults: FaultList): AdapterError {
  const errors = faults.listed();
  const count = `${errors.length} error${errors.length === 1 ? '' : 's'}`;
  return new AdapterError(
    'validation-failed',
    faults.isFull()
      ? `At least ${count}: the first are listed in "errors".`
      : `${count}, listed in "errors".`,
    { members: { errors } },
  );
}
