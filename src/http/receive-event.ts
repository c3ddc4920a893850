import { maxEventMessage } from '../ledger/event-message.ts';
import { AdapterError } from '../problems/adapter-error.ts';
import type { FindSource, ServedSource } from '../sources/served-sources.ts';
import { storageWithin } from '../storage/bounds.ts';
import { queueNames, type Send } from '../storage/queues.ts';

import { admit, type Callers } from './admit.ts';
import { createEndpoint, type Endpoint, type Exchange } from './endpoint.ts';
import { eventType, jsonType } from './media-type.ts';
import type { HttpAnswer } from './request.ts';
import { json } from './respond.ts';

interface ReceiveEventDependencies {
  readonly callers: Callers;
  readonly findSource: FindSource;
  readonly send: Send;
  readonly now: () => number;
}

/** Maximum bytes of a body; without its white space it must fit a message. */
const longest = 64 * 1024;

/**
 * `GET|POST|OPTIONS /api/sources/{source}`: an event in the format of the system that sends it. Once verified, it goes on the
 * queue as it came; nothing is asked of Graph or of the ledger, so that the sender gets its response at once.
 */
export function createReceiveEventEndpoint(dependencies: ReceiveEventDependencies): Endpoint {
  const { callers, findSource, send, now } = dependencies;

  return createEndpoint(async (exchange) => {
    const { request } = exchange;
    const served = findSource(request.params.source ?? '');
    if (served === null) throw notFound('There is no such source here, or its settings are missing.');
    return request.method === 'POST' ? receive(exchange, served) : answerHandshake(exchange, served);
  });

  async function receive({ request, trace }: Exchange, served: ServedSource): Promise<HttpAnswer> {
    const { name, source, secrets, connectionId } = served;
    const { method, headers } = request;
    const { event } = await admit(request, callers, {
      longest,
      checkSignature: (_signatures, body) => {
        if (!source.verify({ method, headers, body }, secrets))
          throw new AdapterError('signature-invalid', `The request does not prove that it is from ${name}.`);
      },
      types: [jsonType, eventType],
      read: (value) => ({ connectionId, event: value }),
    });
    const receivedDateTime = new Date(now()).toISOString();
    const message = { source: name, event, receivedDateTime, ...trace };
    if (Buffer.byteLength(JSON.stringify(message), 'utf8') > maxEventMessage)
      throw new AdapterError(
        'payload-too-large',
        `An event can have at most ${maxEventMessage / 1024} KiB, without white space.`,
      );
    try {
      await send(queueNames.changes, message, { delay: 0, within: storageWithin.webhook });
    } catch (cause) {
      throw new AdapterError('deferral-unavailable', 'The queue cannot accept the event now.', { cause });
    }
    return json(202, { source: name, receivedDateTime }, {});
  }

  function answerHandshake({ request }: Exchange, { source, secrets }: ServedSource): HttpAnswer {
    const { method, headers } = request;
    const answer = source.handshake?.({ method, headers, body: Buffer.alloc(0) }, secrets) ?? null;
    if (answer === null)
      throw notFound('The request is not a handshake of this source; send events with POST.');
    return json(200, answer.body ?? {}, answer.headers ?? {});
  }
}

function notFound(detail: string): AdapterError {
  return new AdapterError('source-not-found', detail);
}
