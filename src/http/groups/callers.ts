import { AdapterError } from '../../problems/adapter-error.ts';
import type { RequireLength } from '../require-length.ts';
import type { VerifySignature } from '../verify-signature.ts';

/** What every request that changes something has to pass: its length, its signature, its connection. */
export interface Callers {
  readonly requireLength: RequireLength;
  readonly verifySignature: VerifySignature;
  readonly isAllowed: (connectionId: string) => boolean;
}

export function requireAllowed({ isAllowed }: Callers, connectionId: string): void {
  if (!isAllowed(connectionId))
    throw new AdapterError('connection-not-allowed', 'This adapter does not serve the connection.');
}
