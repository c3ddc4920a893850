import type { ValidationFault } from './validation.ts';

/** The faults of an input that can hold thousands of them: the first ones. */
export interface FaultList {
  readonly add: (faults: readonly ValidationFault[]) => void;
  readonly listed: () => readonly ValidationFault[];
  readonly isEmpty: () => boolean;
  /** There may be more: whoever looks for them can stop. */
  readonly isFull: () => boolean;
}

/** An answer names so many faults at most, so that it stays short, and is soon found, whatever was sent. */
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
