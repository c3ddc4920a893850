import { settingsOfSource } from '../../src/settings/source-settings.ts';
import type { Emphasis } from './welcome.ts';

/** How each system of this repository proves who it is, for a `curl` that plays it, and a documented event. */
const examples: Readonly<Record<string, { header: (secret: string) => string; event: string }>> = {
  okta: { header: (secret) => `authorization: ${secret}`, event: 'okta-membership-add' },
  gitlab: { header: (secret) => `x-gitlab-token: ${secret}`, event: 'gitlab-member-add' },
  auth0: { header: (secret) => `authorization: Bearer ${secret}`, event: 'auth0-member-added' },
};

interface Where {
  readonly url: string;
  /** The function key. */
  readonly key: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** For each source: the URL to give to its system, and two ways to send a documented event. */
export function sourceLines(
  names: readonly string[],
  { url, key, env }: Where,
  emphasis: Emphasis,
): readonly string[] {
  return names.flatMap((name) => {
    const address = `${url}/api/sources/${name}?code=${key}`;
    const example = examples[name];
    const secret = (env[settingsOfSource(name)[0]] ?? '').split(',')[0]?.trim() ?? '';
    const file = `examples/sources/${example?.event}.json`;
    return [
      emphasis(`Events of ${name}: the URL to give to it, and an event as it sends one`),
      address,
      ...(example === undefined
        ? []
        : [
            `curl -i '${address}' -H ${quote(example.header(secret))} -H 'content-type: application/json' -d @${file}`,
            `npx external-groups send --source ${name} ${file}`,
          ]),
      '',
    ];
  });
}

/** For a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
