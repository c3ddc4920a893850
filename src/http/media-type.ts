import { parse } from 'content-type';
import { AdapterError } from '../problems/adapter-error.ts';

export const jsonType = 'application/json';
/** A CloudEvents 1.0 event in its JSON format. */
export const eventType = 'application/cloudevents+json';

/** The media type that the headers declare, in lower case, without parameters. */
export function mediaTypeOf(headers: Headers): string {
  return parse(headers.get('content-type') ?? '').type.toLowerCase();
}

/** Throws `unsupported-media-type` unless the body is declared as plain JSON of one of these types, in UTF-8. */
export function requireJson(headers: Headers, types: readonly string[] = [jsonType]): void {
  const { parameters } = parse(headers.get('content-type') ?? '');
  const coding = headers.get('content-encoding') ?? 'identity';
  const charset = (parameters.charset ?? 'utf-8').toLowerCase();
  const accepted = types.join(', ');
  if (!types.includes(mediaTypeOf(headers)) || charset !== 'utf-8')
    throw unsupported(`The body must be declared as ${types.join(' or ')} (in UTF-8).`, accepted);
  if (coding.toLowerCase() !== 'identity')
    throw unsupported('The body must not be encoded (Content-Encoding).', accepted);
}

function unsupported(detail: string, accepted: string): AdapterError {
  return new AdapterError('unsupported-media-type', detail, { members: { accepted } });
}
