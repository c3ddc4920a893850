import { parse } from 'content-type';
import { AdapterError } from '../problems/adapter-error.ts';

/** Throws `unsupported-media-type` unless the body is declared as plain JSON in UTF-8. */
export function requireJson(headers: Headers): void {
  const declared = headers.get('content-type') ?? '';
  const coding = headers.get('content-encoding') ?? 'identity';
  const { type, parameters } = parse(declared);
  const charset = (parameters.charset ?? 'utf-8').toLowerCase();
  if (type.toLowerCase() !== 'application/json' || charset !== 'utf-8')
    throw unsupported('The body must be declared as application/json (in UTF-8).');
  if (coding.toLowerCase() !== 'identity')
    throw unsupported('The body must not be encoded (Content-Encoding).');
}

function unsupported(detail: string): AdapterError {
  return new AdapterError('unsupported-media-type', detail, { members: { accepted: 'application/json' } });
}
