import { type Answer, refusal } from '../answer.ts';

/** What a tenant's directory has served of late. */
export interface ResourceUnits {
  /** Takes the units of a request; a refusal if there are not so many left. */
  take(units: number): Answer | undefined;
  reset(): void;
}

/** Milliseconds (learn.microsoft.com: Microsoft Graph throttling limits, identity and access). */
const windowLength = 10_000;
/** Units of a tenant with fewer than 50 users. */
const smallTenant = 3_500;

/** Throttles as the directory does: by what requests cost, not by how many are under way. */
export function createResourceUnits(now: () => number, allowed: number = smallTenant): ResourceUnits {
  let beganAt = Number.NEGATIVE_INFINITY;
  let taken = 0;
  return {
    take(units) {
      if (now() - beganAt >= windowLength) [beganAt, taken] = [now(), 0];
      if (taken + units <= allowed) {
        taken += units;
        return undefined;
      }
      const seconds = Math.max(1, Math.ceil((beganAt + windowLength - now()) / 1000));
      const refused = refusal(429, 'TooManyRequests', 'Too many requests.');
      return { ...refused, headers: { 'retry-after': String(seconds) } };
    },
    reset() {
      beganAt = Number.NEGATIVE_INFINITY;
      taken = 0;
    },
  };
}

/** With `$select`, and with fewer than 20 users of `$top`, a request costs one unit less each, but one at least. */
export function unitsOf(query: URLSearchParams): number {
  const isSelected = query.has('$select');
  const top = Number(query.get('$top') ?? 100);
  return Math.max(1, 2 - (isSelected ? 1 : 0) - (top < 20 ? 1 : 0));
}
