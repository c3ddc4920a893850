import { sources } from '../../sources/registry.ts';
import { nameKinds } from '../../src/groups/member-name.ts';
import { neededDirectoryRole, neededGraphRole } from '../../src/settings/permissions.ts';
import { settingsOfSource } from '../../src/settings/source-settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Sources whose secrets are set. */
export function servedSources(env: Environment): readonly string[] {
  return Object.keys(sources).filter((name) => (env[settingsOfSource(name)[0]] ?? '').trim() !== '');
}

/** Their settings; each may change the connection that the stand-in knows unless another is set. */
export function sourceSettings(env: Environment): Readonly<Record<string, string | undefined>> {
  const first = env.EXTERNAL_CONNECTIONS?.split(',')[0]?.trim() || 'contosohr';
  const settings = servedSources(env).flatMap((name) => {
    const [secrets, connection] = settingsOfSource(name);
    return [
      [secrets, env[secrets]],
      [connection, env[connection] || first],
    ] as const;
  });
  return Object.fromEntries(settings);
}

/** Sources name people by their addresses, and the stand-in directory knows some. */
export function localMemberNames(env: Environment): string {
  return env.MEMBER_NAMES || (servedSources(env).length > 0 ? 'upn,mail' : '');
}

/** What the local identity holds, as a deployment grants it: what looking up names needs comes with `MEMBER_NAMES`. */
export function localRoles(env: Environment): readonly string[] {
  const names = localMemberNames(env).split(',');
  const kinds = nameKinds.filter((kind) => names.some((name) => name.trim() === kind));
  return [neededGraphRole, ...[neededDirectoryRole(kinds) ?? []].flat()];
}
