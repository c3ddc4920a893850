import type { ValidationFault } from './validation.ts';

/** The validation errors of an input that can have thousands: only the first ones are kept. */
export interface FaultList {
  readonly add: (faults: readonly ValidationFault[]) => void;
  readonly listed: () => readonly ValidationFault[];
  readonly isEmpty: () => boolean;
  /** There may be more errors: the search for them can stop. */
  readonly isFull: () => boolean;
}

/** A response lists at most this many errors, so that it stays short and quick to produce. */
export const maxListedFaults = 100;

export function createFaultList(): FaultList {
  const listed: ValidationFault[] = [];
  return {
    add: (faults) => void listed.push(...faults.slice(0, maxListedFaults - listed.length)),
    listed: () => listed,
    isEmpty: () => listed.length === 0,
    isFull: () => listed.length === maxListedFaults,
  };
}
