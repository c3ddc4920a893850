import { createReadCreation, type ReadCreation } from '../../src/creations/message.ts';
import { createReadChangeMessage, type ReadChangeMessage } from '../../src/declarations/change-message.ts';

/** The adapter's own readers of the messages on its work queues. */
export interface Readers {
  readonly readCreation: ReadCreation;
  readonly readChange: ReadChangeMessage;
}

/** Whether the adapter takes an id or a connection is for its own settings to say. */
export function createReaders(): Readers {
  const anything = { idCharacters: 'base64url', isAllowed: () => true } as const;
  return { readCreation: createReadCreation(anything), readChange: createReadChangeMessage(anything) };
}
