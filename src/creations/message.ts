import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { FromSchema } from 'json-schema-to-ts';
import { compileSchema } from '../groups/compile-schema.ts';
import { connectionIdSchema } from '../groups/connection-id.ts';
import { type ExternalGroup, externalGroupSchema, type IdCharacters } from '../groups/external-group.ts';
import { operationIdPattern } from '../groups/operation-id.ts';
import { postponementReasons } from '../groups/postponement-reason.ts';
import { toFaults, type ValidationFault } from '../groups/validation.ts';

const dateTime = '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,7})?Z$';

/**
 * JSON Schema of a message on the queue. A producer needs `connectionId` and `group`; the other members are the
 * adapter's own. None has the name of a property of the trigger's metadata (`id`, `dequeueCount` …): the host
 * overwrites those with the message's.
 */
export function messageSchema(idCharacters: IdCharacters) {
  return {
    type: 'object',
    title: 'Creation of an external group, queued',
    required: ['connectionId', 'group'],
    additionalProperties: false,
    properties: {
      connectionId: connectionIdSchema,
      group: externalGroupSchema(idCharacters),
      operationId: { type: 'string', pattern: operationIdPattern },
      reason: { type: 'string', enum: postponementReasons, description: 'Why the creation is queued.' },
      attempts: { type: 'integer', minimum: 0, description: 'Attempts made against Graph so far.' },
      uncertain: {
        type: 'boolean',
        description: 'The last attempt may have created the group: read before writing.',
      },
      firstQueuedDateTime: { type: 'string', pattern: dateTime, description: 'When its age began, in UTC.' },
      traceparent: { type: 'string', maxLength: 512, description: 'W3C trace context of the delivery.' },
      tracestate: { type: 'string', maxLength: 512 },
    },
  } as const;
}

export type Message = Omit<FromSchema<ReturnType<typeof messageSchema>>, 'group'> & {
  readonly group: ExternalGroup;
};

export type ReadMessage = (
  payload: unknown,
) =>
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly code: 'malformed-json' | 'validation-failed'; readonly detail: string };

/** A dead letter's detail names so many faults at most: a message can hold thousands. */
const namedFaults = 10;

/** Narrows what the trigger hands over: an object where the text was JSON, otherwise the text itself. */
export function createMessageReader(idCharacters: IdCharacters): ReadMessage {
  let isMessage: ValidateFunction<Message> | undefined;
  return (payload) => {
    if (typeof payload === 'string')
      return { ok: false, code: 'malformed-json', detail: 'The message is not JSON.' };
    isMessage ??= compileSchema<Message>(messageSchema(idCharacters));
    if (isMessage(payload)) return { ok: true, message: payload };
    const faults = toFaults('body', '', isMessage.errors);
    return { ok: false, code: 'validation-failed', detail: wordFaults(faults) };
  };
}

function wordFaults(faults: readonly ValidationFault[]): string {
  const named = faults
    .slice(0, namedFaults)
    .map(({ pointer, detail }) => `${pointer || '(message)'} ${detail}`);
  const more = faults.length > namedFaults ? `; and ${faults.length - namedFaults} more` : '';
  return `The message breaks the schema: ${named.join('; ')}${more}.`;
}
