import { createReadCreation, type ReadCreation } from '../../src/creations/message.ts';
import { createChangeMessageReader, type ReadChangeMessage } from '../../src/declarations/change-message.ts';
import { envelopeProperties } from '../../src/work/envelope.ts';

/** The adapter's own readers of the messages on its work queues. */
export interface Readers {
  readonly readCreation: ReadCreation;
  readonly readChange: ReadChangeMessage;
}

/** Whether the adapter takes an id or a connection is for its own settings to say. */
export function createReaders(): Readers {
  return {
    readCreation: createReadCreation({ idCharacters: 'base64url', isAllowed: () => true }),
    readChange: createChangeMessageReader('base64url', envelopeProperties),
  };
}
