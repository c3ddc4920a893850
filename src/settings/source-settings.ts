import { isConnectionId } from '../groups/connection-id.ts';
import { readList } from './readers.ts';

/** What a source checks its callers by, and the one connection that it may change. */
export interface SourceSetting {
  readonly secrets: readonly string[];
  readonly connectionId: string;
}

/** The settings of every source; `<NAME>` is the name of the source in capitals. */
export const sourceSettingCatalogue = {
  'SOURCE_<NAME>_SECRETS': {
    default: null,
    meaning:
      'Secrets by which the [source](docs/sources.md) of that name verifies its callers (`SOURCE_OKTA_SECRETS`), comma-separated during rotation. Unset: the source is not served.',
  },
  'SOURCE_<NAME>_CONNECTION': {
    default: null,
    meaning:
      'The only connection that this source may change, whatever its events say. Unset: the source is not served.',
  },
} as const;

const pattern = /^SOURCE_([A-Z0-9_]+)_(?:SECRETS|CONNECTION)$/;

/** Those of these names that are settings of sources. */
export function sourceSettingNames(names: readonly string[]): readonly string[] {
  return names.filter((name) => pattern.test(name));
}

/** The names of the settings of a source: its secrets, and its connection. */
export function settingsOfSource(source: string): readonly [string, string] {
  return [`SOURCE_${source.toUpperCase()}_SECRETS`, `SOURCE_${source.toUpperCase()}_CONNECTION`];
}

/** A setting that looks like one of a source, and serves none. */
export interface SourceFault {
  readonly seen: string;
  readonly fix: string;
}

/** Other programs have variables that begin so too: these end as settings of sources do, or nearly. */
const similar = /^SOURCE_\w*_(?:SECRET|CONN)\w*$/i;

/** What is wrong with these variables, which have a value; `sources`: the names of all sources. */
export function findSourceFaults(
  variables: readonly string[],
  sources: readonly string[],
): readonly SourceFault[] {
  const known = sources.flatMap((source) => settingsOfSource(source));
  const isOfSource = (name: string) =>
    sources.some((source) => new RegExp(`^SOURCE_${source}(?:_\\w*)?$`, 'i').test(name));
  const unread = variables.filter(
    (name) => !known.includes(name) && (similar.test(name) || isOfSource(name)),
  );
  const incomplete = sources.flatMap((source): SourceFault[] => {
    const missing = settingsOfSource(source).filter((name) => !variables.includes(name));
    const [only] = missing;
    if (only === undefined || missing.length > 1) return [];
    return [{ seen: `${source} is not served, for ${only} is not set`, fix: `Set ${only}.` }];
  });
  return [
    ...unread.map((name) => ({
      seen: `nothing reads the setting ${name}`,
      fix: `Correct the name of ${name} or remove it; the sources are ${sources.join(', ')}, and the settings of each are ${settingsOfSource('<name>').join(' and ')}.`,
    })),
    ...incomplete,
  ];
}

interface SourceSettingRules {
  /** `EXTERNAL_CONNECTIONS`; null: all valid ids. */
  readonly allowed: readonly string[] | null;
  /** `held` null: it must not be shown. */
  readonly fault: (name: string, held: string | null, expected: string) => void;
}

/** The sources of which both settings are set, by name. Secrets may be anything but empty: the source decides. */
export function readSourceSettings(
  textOf: (name: string) => string | null,
  names: readonly string[],
  { allowed, fault }: SourceSettingRules,
): ReadonlyMap<string, SourceSetting> {
  const found = new Set(names.flatMap((name) => pattern.exec(name)?.[1] ?? []));
  const settings = new Map<string, SourceSetting>();
  for (const name of found) {
    const [ofSecrets, ofConnection] = settingsOfSource(name);
    const secretsText = textOf(ofSecrets);
    const secrets = secretsText === null ? null : readList(secretsText);
    const connectionId = textOf(ofConnection);
    if (secrets?.length === 0) fault(ofSecrets, null, 'secrets, separated by commas');
    if (connectionId !== null && !isConnectionId(connectionId))
      fault(ofConnection, connectionId, 'one valid connection id');
    else if (connectionId !== null && !isListed(connectionId, allowed))
      fault(ofConnection, connectionId, 'one of EXTERNAL_CONNECTIONS');
    if (secrets !== null && secrets.length > 0 && connectionId !== null)
      settings.set(name.toLowerCase(), { secrets, connectionId });
  }
  return settings;
}

function isListed(connectionId: string, allowed: readonly string[] | null): boolean {
  return allowed === null || allowed.some((id) => id.toLowerCase() === connectionId.toLowerCase());
}
