/** How much happened, to distinguish a run without a violation from one in which nothing was tried. */
export interface Totals {
  deliveries: number;
  faults: number;
  crashes: number;
  lostLeases: number;
  poisoned: number;
  letters: number;
  redriven: number;
}

export function emptyTotals(): Totals {
  return { deliveries: 0, faults: 0, crashes: 0, lostLeases: 0, poisoned: 0, letters: 0, redriven: 0 };
}
