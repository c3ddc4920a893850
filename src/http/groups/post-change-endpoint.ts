import type { IdCharacters } from '../../groups/external-group.ts';
import { createFaultList } from '../../groups/fault-list.ts';
import type { ChangeReader } from '../../ledger/change-reader.ts';
import { idFault } from '../../ledger/to-change.ts';
import { readStrictJson } from '../../shared/strict-json.ts';
import { createEndpoint, type Endpoint } from '../endpoint.ts';
import { eventType, jsonType, mediaTypeOf, requireJson } from '../media-type.ts';
import { parseJson } from '../parse-json.ts';
import { maxMembersBody, readBody } from '../read-body.ts';
import { readQuery } from '../read-query.ts';
import type { IncomingRequest } from '../request.ts';
import { validationFailed } from '../validation-failed.ts';
import { type AnswerChangeDependencies, createAnswerChange } from './answer-change.ts';

export interface PostChangeDependencies extends AnswerChangeDependencies {
  readonly reader: ChangeReader;
  readonly idCharacters: IdCharacters;
}

/**
 * `POST /api/changes`: a message as the queue of changes takes it, or an event that carries one. All that it changes is
 * in its body, so a signature covers all of it. Which secrets count depends on the connection, which is in the body too:
 * that is all that is read of it before the signature, and nothing of it is said.
 */
export function createPostChangeEndpoint(dependencies: PostChangeDependencies): Endpoint {
  const { callers, reader, idCharacters } = dependencies;
  const answerChange = createAnswerChange(dependencies);

  return createEndpoint(async (exchange) => {
    const { request } = exchange;
    const bytes = await readBody(request, { longest: maxMembersBody });
    const isEvent = mediaTypeOf(request.headers) === eventType;
    callers.signatures.verify(bytes, request.headers, () => connectionIn(bytes, isEvent));
    requireJson(request.headers, [jsonType, eventType]);
    const { change, dryRun } = read(request, parseJson(bytes), isEvent);
    return answerChange(exchange, change, dryRun);
  });

  function read({ url }: IncomingRequest, value: unknown, isEvent: boolean) {
    const faults = createFaultList();
    readQuery(url, {}, faults);
    const outlined = reader.outline({ value, isEvent, door: 'http' }, faults);
    if (outlined === null) throw validationFailed(faults);
    const { message, at } = outlined;
    const ofId = idFault(message.groupId, at, idCharacters);
    if (ofId !== null) faults.add([ofId]);
    const change = reader.fromMessage(outlined, faults);
    if (!faults.isEmpty()) throw validationFailed(faults);
    return { change, dryRun: message.dryRun === true };
  }
}

/** The connection that a body names, exactly where the reader looks for it; null: it names none. */
function connectionIn(bytes: Buffer, isEvent: boolean): string | null {
  const json = readStrictJson(bytes);
  const message = isEvent && json.ok ? member(json.value, 'data') : json.ok ? json.value : null;
  const connectionId = member(message, 'connectionId');
  return typeof connectionId === 'string' ? connectionId : null;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
