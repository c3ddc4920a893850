import type { IdCharacters } from '../../groups/external-group.ts';
import type { ChangeReader } from '../../ledger/change-reader.ts';
import { idFault } from '../../ledger/to-change.ts';
import { inTurns } from '../../shared/steps.ts';
import { admit } from '../admit.ts';
import { createEndpoint, type Endpoint } from '../endpoint.ts';
import { eventType, jsonType, mediaTypeOf } from '../media-type.ts';
import { maxMembersBody } from '../read-body.ts';
import { readQuery } from '../read-query.ts';
import { type AnswerChangeDependencies, createAnswerChange, fittingChange } from './answer-change.ts';

interface PostChangeDependencies extends AnswerChangeDependencies {
  readonly reader: ChangeReader;
  readonly idCharacters: IdCharacters;
}

/**
 * `POST /api/changes`: a message as the queue of changes takes it, or an event that carries one. All that it changes is
 * in its body, so a signature covers all of it. Which secrets count depends on the connection, which is in the body too:
 * nothing else is read of it before the signature is checked, and no response repeats it.
 */
export function createPostChangeEndpoint(dependencies: PostChangeDependencies): Endpoint {
  const { callers, reader, idCharacters, clock } = dependencies;
  const answerChange = createAnswerChange(dependencies);

  return createEndpoint(async (exchange) => {
    const { headers, url } = exchange.request;
    const isEvent = mediaTypeOf(headers) === eventType;
    const admitted = await admit(exchange.request, callers, {
      longest: maxMembersBody,
      checkSignature: ({ verify }, bytes, body) => verify(bytes, headers, () => connectionIn(body, isEvent)),
      types: [jsonType, eventType],
      read: async (value, faults) => {
        readQuery(url, {}, faults);
        const outlined = await inTurns(reader.outline({ value, isEvent, door: 'http' }, faults), clock);
        if (outlined === null) return null;
        const { message, at } = outlined;
        const ofId = idFault(message.groupId, at, idCharacters);
        if (ofId !== null) faults.add([ofId]);
        const change = await inTurns(reader.fromMessage(outlined, faults), clock);
        return fittingChange(change, message.dryRun === true, faults);
      },
    });
    return answerChange(exchange, admitted);
  });
}

/** The connection that a body names, exactly where the reader looks for it; null: it names none. */
function connectionIn(body: unknown, isEvent: boolean): string | null {
  const message = isEvent ? member(body, 'data') : body;
  const connectionId = member(message, 'connectionId');
  return typeof connectionId === 'string' ? connectionId : null;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
