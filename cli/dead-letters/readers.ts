import { createReadCreation, type ReadCreation } from '../../src/creations/message.ts';
import { createCanonicalId } from '../../src/groups/connection-id.ts';
import { createReadChangeMessage, type ReadChangeMessage } from '../../src/ledger/change-message.ts';

/** The adapter's own readers of the messages on its work queues. */
export interface Readers {
  readonly readCreation: ReadCreation;
  readonly readChange: ReadChangeMessage;
}

/** Whether an id or a connection is allowed is up to the adapter's own settings. */
export function createReaders(): Readers {
  const idCharacters = 'base64url';
  return {
    readCreation: createReadCreation({ idCharacters, isAllowed: () => true }),
    readChange: createReadChangeMessage({ idCharacters, canonicalId: createCanonicalId(null) }),
  };
}
