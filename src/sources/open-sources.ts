import type { SpellConnection } from '../groups/connection-id.ts';
import type { MapEvent } from '../ledger/declare-event.ts';
import type { Settings } from '../settings/settings.ts';
import { lazily } from '../shared/lazily.ts';
import type { Source } from './define-source.ts';
import type { MapEventDependencies } from './map-event.ts';
import type { FindSource } from './served-sources.ts';

/** The sources of the repository as this app serves them. */
export interface Sources {
  readonly findSource: () => Promise<FindSource>;
  readonly mapEvent: MapEvent;
  /** The connection of a source’s setting; null: it has none. */
  readonly connectionOf: (source: string) => string | null;
}

export interface OpenSourcesOptions extends Pick<MapEventDependencies, 'rules' | 'telemetry'> {
  readonly spell: SpellConnection;
  /** Those of the repository, by name. */
  readonly load: () => Promise<Readonly<Record<string, Source>>>;
}

/** Loaded with the first event, so that they do not slow down a cold start. */
export function openSources(
  { sources: settings }: Pick<Settings, 'sources'>,
  { rules, spell, load, telemetry }: OpenSourcesOptions,
): Sources {
  const findSource = lazily(async () => {
    const [sources, { createFindSource }] = await Promise.all([load(), import('./served-sources.ts')]);
    return createFindSource(sources, settings, spell);
  });
  const map = lazily(async () => {
    const { createMapEvent } = await import('./map-event.ts');
    return createMapEvent({ findSource: await findSource(), rules, telemetry });
  });
  return {
    findSource,
    mapEvent: async (event, isRepeated) => (await map())(event, isRepeated),
    connectionOf: (source) => settings.get(source)?.connectionId ?? null,
  };
}
