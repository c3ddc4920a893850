import { usageFailure } from '../../failure.ts';
import { printable } from '../../terminal/printable.ts';

/** How many members the operator allows to be removed: from any group, and from some by name. */
export interface RemovalLimits {
  readonly any: number;
  readonly byGroup: ReadonlyMap<string, number>;
}

/** Reads `--removals 120` and `--removals night=120`, each any number of times. */
export function readRemovalLimits(given: readonly string[]): RemovalLimits {
  const byGroup = new Map<string, number>();
  let any = 0;
  for (const text of given) {
    const [, group, digits] = /^(?:([^=]+)=)?(\d{1,9})$/.exec(text) ?? [];
    if (digits === undefined)
      throw usageFailure(
        `--removals takes a number, or a group and a number (night=120); not ${printable(text, 40)}.`,
      );
    if (group === undefined) any = Number(digits);
    else byGroup.set(group.toLowerCase(), Number(digits));
  }
  return { any, byGroup };
}

export function canRemove({ any, byGroup }: RemovalLimits, groupId: string, count: number): boolean {
  return count <= (byGroup.get(groupId.toLowerCase()) ?? any);
}
