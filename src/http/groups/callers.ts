import { AdapterError } from '../../problems/adapter-error.ts';
import type { Signatures } from '../verify-signature.ts';

/** Who may call, and about which connection. */
export interface Callers {
  readonly signatures: Signatures;
  readonly isAllowed: (connectionId: string) => boolean;
}

export function requireAllowed({ isAllowed }: Callers, connectionId: string): void {
  if (!isAllowed(connectionId))
    throw new AdapterError('connection-not-allowed', 'This adapter does not serve the connection.');
}
