import { problemsOf } from '../problems/catalogue.ts';
import { type DescribedOperation, dateTime, type RouteByMethod, ref, text } from './openapi-parts.ts';
import { content, problems, success } from './openapi-responses.ts';
import { createReceiveEventEndpoint } from './receive-event.ts';

const parameters = ['Source', 'RequestId'].map((name) => ref('parameters', name));
const event = { specversion: '1.0', id: '1', source: 'urn:auth0:example', type: 'group.member.added' };
const anyJson = content({ description: 'The payload of the system.' }, { event });
const anyEvent = content({ description: 'The payload of the system, as an event.' }, { event });

/** The route of the sources, by the name of its function. */
export const sourceRoutes = {
  'receive-event': {
    open: (services) => createReceiveEventEndpoint({ ...services, now: services.clock.now }),
    describe: receiveEvent,
  },
} as const satisfies Readonly<Record<string, RouteByMethod>>;

/** What each method of `/sources/{source}` does. */
function receiveEvent(method: string): DescribedOperation {
  if (method !== 'POST')
    return {
      operationId: method === 'GET' ? 'answerChallenge' : 'allowOrigin',
      tags: ['Changes'],
      summary: 'Answer the handshake that some systems make before they send events.',
      description: 'Only for a source whose secrets and connection are set.',
      parameters,
      responses: {
        200: success(
          'The response that the system expects.',
          content({ type: 'object' }, { okta: { verification: 'abc' } }),
        ),
        ...problems('source-not-found', 'internal-error'),
      },
    };
  return {
    operationId: 'receiveEvent',
    tags: ['Changes'],
    summary: 'Receive an event with the payload of the system that sends it.',
    description:
      'The system proves its identity in its own way. The event is verified and queued; a worker maps it to changes of the only connection that the source may change.',
    parameters,
    requestBody: {
      required: true,
      content: { 'application/json': anyJson, 'application/cloudevents+json': anyEvent },
    },
    responses: {
      202: success(
        'Verified and queued.',
        content(
          { type: 'object', properties: { source: text, receivedDateTime: dateTime } },
          { queued: { source: 'okta', receivedDateTime: '2026-11-25T12:00:40.000Z' } },
        ),
      ),
      ...problems(...problemsOf.event),
    },
  };
}
