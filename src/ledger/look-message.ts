/** A wake-up: it says which group, never what to do. Only the one with the ledger's current number counts. */
export interface LookMessage {
  readonly connectionId: string;
  readonly groupId: string;
  readonly look: number;
  /** How often the ledger did not know this number yet. */
  readonly putOff?: number;
}
