/**
 * What a child process inherits from the developer's shell: paths and terminal settings. Everything else is left out,
 * so that a setting that happens to be exported there never affects what runs.
 */
const inherited = [
  'PATH',
  'HOME',
  'USER',
  'SHELL',
  'LANG',
  'LC_ALL',
  'TZ',
  'TERM',
  'TMPDIR',
  'TMP',
  'TEMP',
  'SystemRoot',
  'ComSpec',
  'PATHEXT',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
  'NO_COLOR',
  // Where child processes write coverage (https://nodejs.org/api/cli.html#node_v8_coveragedir).
  'NODE_V8_COVERAGE',
  // Where Node keeps compiled code (https://nodejs.org/api/module.html#module-compile-cache).
  'NODE_COMPILE_CACHE',
];

/** Environment variables; `undefined` deletes one. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The inherited part of `source`, then each of `layers` on top; a value of `undefined` deletes a variable. */
export function cleanEnvironment(source: Variables, ...layers: readonly Variables[]): Record<string, string> {
  const base = Object.fromEntries(inherited.map((name) => [name, source[name]]));
  const merged = Object.assign({}, base, ...layers) as Variables;
  return Object.fromEntries(
    Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
