import type { CanonicalId } from '../groups/connection-id.ts';
import type { SourceSetting } from '../settings/source-settings.ts';
import type { Source } from './define-source.ts';

/** A source whose settings are set. */
export interface ServedSource extends SourceSetting {
  readonly name: string;
  readonly source: Source;
}

/** The source of that name; null: there is none, or it is not set up. */
export type FindSource = (name: string) => ServedSource | null;

export function createFindSource(
  sources: Readonly<Record<string, Source>>,
  settings: ReadonlyMap<string, SourceSetting>,
  canonicalId: CanonicalId,
): FindSource {
  return (name) => {
    const source = Object.hasOwn(sources, name) ? sources[name] : undefined;
    const setting = settings.get(name);
    const connectionId = setting === undefined ? null : canonicalId(setting.connectionId);
    if (source === undefined || setting === undefined || connectionId === null) return null;
    return { name, source, secrets: setting.secrets, connectionId };
  };
}
