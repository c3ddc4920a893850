import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

export type AppName = 'ours' | 'bare' | 'plain' | 'pass-through';

/** The folder of an app's package.json and host.json. */
export function rootOf(app: AppName): string {
  return app === 'ours' ? root : `${root}bench/peers/${app}`;
}

/** The file that the worker loads. */
export function entryOf(app: AppName): string {
  if (app === 'ours') return `${root}dist/functions/index.js`;
  return `${rootOf(app)}/dist/index.${app === 'pass-through' ? 'js' : 'cjs'}`;
}

/** Compiled by {@link compilePeers}: plain JavaScript, so that stripping types is not part of a start. */
export const coldScripts = {
  load: `${root}bench/cold/dist/child.js`,
  roundTrip: `${root}bench/cold/dist/round-trip.js`,
  firstAnswer: `${root}bench/cold/dist/first-answer.js`,
} as const;

/** Compiles each file separately, as `tsc` would: the peers run from `node_modules`. Only the host of a first response is bundled. */
export async function compilePeers(): Promise<void> {
  const compile = (folder: string, format: 'cjs' | 'esm', file = 'index', bundle = false) =>
    build({
      entryPoints: [`${root}bench/${folder}/${file}.ts`],
      outdir: `${root}bench/${folder}/dist`,
      outExtension: { '.js': format === 'cjs' ? '.cjs' : '.js' },
      bundle,
      format,
      platform: 'node',
      target: 'node22',
      logLevel: 'warning',
    });
  await Promise.all([
    compile('peers/bare', 'cjs'),
    compile('peers/plain', 'cjs'),
    compile('peers/pass-through', 'esm'),
    compile('cold', 'esm', 'child'),
    compile('cold', 'esm', 'round-trip'),
    compile('cold', 'esm', 'first-answer', true),
  ]);
}
