import { connectionIdSchema } from '../groups/connection-id.ts';
import type { IdCharacters } from '../groups/external-group.ts';
import { idCharacterSets } from '../groups/external-group.ts';

/** A wake-up: it says which group, never what to do. Only the one whose number is the ledger's counts. */
export interface LookMessage {
  readonly connectionId: string;
  readonly groupId: string;
  readonly look: number;
  /** How often it was found that the ledger does not know this number yet. */
  readonly putOff?: number;
}

/** JSON Schema of the adapter's own messages on the queue of changes. */
export function lookMessageSchema(idCharacters: IdCharacters) {
  return {
    type: 'object',
    title: 'Look at a declared group',
    required: ['connectionId', 'groupId', 'look'],
    additionalProperties: false,
    properties: {
      connectionId: connectionIdSchema,
      groupId: {
        type: 'string',
        minLength: 1,
        maxLength: 128,
        pattern: idCharacterSets[idCharacters].pattern,
      },
      look: { type: 'integer', minimum: 1 },
      putOff: { type: 'integer', minimum: 1 },
    },
  } as const;
}
