/** A wake-up: it says which group, never what to do. Only the one whose number is the ledger's counts. */
export interface LookMessage {
  readonly connectionId: string;
  readonly groupId: string;
  readonly look: number;
  /** How often it was found that the ledger does not know this number yet. */
  readonly putOff?: number;
}
