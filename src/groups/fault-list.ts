import type { ValidationFault } from './validation.ts';

/** The faults of an input that can hold thousands of them: all are counted, the first ones listed. */
export interface FaultList {
  readonly add: (faults: readonly ValidationFault[]) => void;
  readonly count: () => number;
  readonly listed: () => readonly ValidationFault[];
}

/** An answer names so many faults at most, so that it stays short whatever was sent. */
export const mostListedFaults = 100;

export function createFaultList(): FaultList {
  const listed: ValidationFault[] = [];
  let count = 0;
  return {
    add: (faults) => {
      count += faults.length;
      listed.push(...faults.slice(0, mostListedFaults - listed.length));
    },
    count: () => count,
    listed: () => listed,
  };
}
