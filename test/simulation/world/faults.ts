import type { Prng } from './prng.ts';

export type ServiceName = 'queue' | 'table' | 'graph' | 'directory';

/**
 * Possible fates of a call:
 *
 *     served          carried out, and the answer arrives
 *     refused         not carried out, and the answer says so: throttled, busy, forbidden
 *     answer lost     carried out; the connection breaks before the answer arrives
 *     never sent      the connection breaks before the call arrives
 *     late            the connection breaks, and the call is carried out some time afterwards or never
 *     silent          carried out; there is no response
 *     silent, late    there is no response, and it is carried out some time afterwards or never
 */
export const fates = [
  'served',
  'refused',
  'answer lost',
  'never sent',
  'late',
  'silent',
  'silent, late',
] as const;
export type Fate = (typeof fates)[number];

/** How rough a run is. Each run draws its own, so that some meet many of one fault and others a few of all. */
export interface Weather {
  /** The share of faulty calls, for each service. */
  readonly trouble: { readonly [service in ServiceName]: number };
  /** The fates that occur in this run. */
  readonly fates: readonly Fate[];
  /** How likely a crash of an instance is, against the weight of one pending call. */
  readonly crashes: number;
  /** How likely it is that the clock moves although something could run. */
  readonly pauses: number;
}

export const calm: Weather = {
  trouble: { queue: 0, table: 0, graph: 0, directory: 0 },
  fates: [],
  crashes: 0,
  pauses: 0,
};

const shares = [0, 0.03, 0.1, 0.3, 0.6];
const crashRates = [0, 0, 0.05, 0.2];
const pauseRates = [0, 0.1, 0.5, 2];

export function drawWeather(prng: Prng): Weather {
  const share = () => prng.pick(shares);
  const trouble = { queue: share(), table: share(), graph: share(), directory: share() };
  const occurring = fates.filter((fate) => fate !== 'served' && prng.chance(0.6));
  return { trouble, fates: occurring, crashes: prng.pick(crashRates), pauses: prng.pick(pauseRates) };
}

/** Decides the fate of a call. A late read is a lost read. */
export function drawFate(prng: Prng, weather: Weather, service: ServiceName): Fate {
  const share = weather.trouble[service];
  if (share === 0 || weather.fates.length === 0 || !prng.chance(share)) return 'served';
  return prng.pick(weather.fates);
}
