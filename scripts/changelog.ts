/** A section of the changelog: one release. */
export interface Section {
  readonly version: string;
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** Without its heading. */
  readonly text: string;
}

/** The topmost section; fails if its heading is none of a release. */
export function newestSection(changelog: string): Section {
  const [, heading = '', ...lines] = (/^## [\s\S]*/m.exec(changelog)?.[0] ?? '').split(/^## (.*)$/m);
  const [, version, date] = /^\[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})$/.exec(heading) ?? [];
  if (version === undefined || date === undefined)
    throw new Error(`the newest section of CHANGELOG.md is no release: "${heading}"`);
  return { version, date, text: `${lines[0]?.trim() ?? ''}\n` };
}

/** The versions of all releases, the newest first. */
export function versionsOf(changelog: string): readonly string[] {
  return [...changelog.matchAll(/^## \[(\d+\.\d+\.\d+)\]/gm)].map(([, version = '']) => version);
}
