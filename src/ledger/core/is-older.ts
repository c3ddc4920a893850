import { noSequence } from './register.ts';

/** True if something already has the same or a higher sequence. Without sequences the order of recording counts. */
export function isOlder(sequence: number, ...held: readonly number[]): boolean {
  return sequence !== noSequence && sequence <= Math.max(...held);
}
