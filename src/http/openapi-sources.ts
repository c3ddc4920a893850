import { dateTime, ref, text } from './openapi-parts.ts';
import { problems, success } from './openapi-responses.ts';

const parameters = ['Source', 'RequestId'].map((name) => ref('parameters', name));
const anyJson = { schema: { description: 'Whatever the system sends.' } };

/** What each method of `/sources/{source}` does. */
export function receiveEvent(method: string) {
  if (method !== 'POST')
    return {
      operationId: method === 'GET' ? 'answerChallenge' : 'allowOrigin',
      summary: 'The handshake that some systems make before they send events.',
      parameters,
      responses: {
        200: success('What the system wants to hear.', { type: 'object' }),
        ...problems('source-not-found', 'internal-error'),
      },
    };
  return {
    operationId: 'receiveEvent',
    summary:
      'An event in the words of the system that sends it, which proves who it is in its own way. It is verified and queued; a worker maps it to changes of the one connection that the source may change.',
    parameters,
    requestBody: {
      required: true,
      content: { 'application/json': anyJson, 'application/cloudevents+json': anyJson },
    },
    responses: {
      202: success('Verified and queued.', {
        type: 'object',
        properties: { source: text, receivedDateTime: dateTime },
      }),
      ...problems(
        'malformed-json',
        'signature-invalid',
        'connection-not-allowed',
        'source-not-found',
        'request-timeout',
        'length-required',
        'payload-too-large',
        'unsupported-media-type',
        'internal-error',
        'deferral-unavailable',
      ),
    },
  };
}
