import type { Random } from '../../local/stack/random.ts';
import type { GraphStandIn } from '../../local/stand-ins/graph/graph-stand-in.ts';

export interface Wrong404s {
  /** Hides another declared group for a moment, one that never was: two in a row would be no wrong 404, but a lie. */
  readonly next: () => void;
  readonly hidden: () => number;
}

/** Lets Graph answer 404 about groups that are there. */
export function createWrong404s(
  graph: GraphStandIn,
  isDeclared: (groupId: string) => boolean,
  random: Random,
): Wrong404s {
  const before = new Set<string>();
  return {
    next: () => {
      const candidates = graph.groups().filter(({ id }) => isDeclared(id) && !before.has(id));
      const chosen = candidates[Math.floor(random() * candidates.length)];
      if (chosen === undefined) return;
      before.add(chosen.id);
      graph.hideGroup(chosen.connectionId, chosen.id, { ms: 200 + random() * 800 });
    },
    hidden: () => before.size,
  };
}
