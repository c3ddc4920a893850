import type { Random } from '../../stack/random.ts';
import type { FaultMatch, FaultRule, GraphFault } from './faults.ts';

/** The rules in force. */
export interface FaultRules {
  set(rules: readonly FaultRule[]): void;
  /** The fault of the first rule that hits this request; `undefined` if it is to be served properly. */
  take(request: FaultMatch): GraphFault | undefined;
}

/** Rules are tried in order and the first hit wins; a spent rule or an unlucky draw leaves it to the next. */
export function createFaultRules(random: Random): FaultRules {
  let active: { readonly rule: FaultRule; left: number }[] = [];
  return {
    set(rules) {
      active = rules.map((rule) => ({ rule, left: rule.times ?? Number.POSITIVE_INFINITY }));
    },
    take(request) {
      for (const entry of active) {
        if (entry.left <= 0 || !matches(entry.rule.match ?? {}, request)) continue;
        if (entry.rule.probability !== undefined && random() >= entry.rule.probability) continue;
        entry.left -= 1;
        return entry.rule.fault;
      }
      return undefined;
    },
  };
}

function matches(match: FaultMatch, request: FaultMatch): boolean {
  if (match.path !== undefined && request.path?.toLowerCase().startsWith(match.path.toLowerCase()) !== true)
    return false;
  return (['method', 'operation', 'connectionId', 'groupId', 'memberId'] as const).every(
    (name) => match[name] === undefined || match[name].toLowerCase() === request[name]?.toLowerCase(),
  );
}
