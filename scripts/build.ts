import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { precompileSchemas } from './precompile-schemas.ts';
import { quietTelemetry } from './quiet-telemetry.ts';

/**
 * ES modules with code splitting: an entry stays small and the heavy SDKs become chunks that load when they are
 * first needed. Bundled CommonJS packages use `require`, `__dirname` and
 * `__filename`, which the banner defines.
 */
const shared = {
  bundle: true,
  splitting: true,
  // Identifiers keep their names, so that stack traces are readable; `keepNames` would instead run code at every start.
  minifyWhitespace: true,
  minifySyntax: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  mainFields: ['module', 'main'],
  metafile: true,
  // `debug` uses it if it is installed; here that would be a development dependency.
  external: ['supports-color'],
  banner: {
    js: [
      "import { createRequire as __createRequire } from 'node:module';",
      'const require = __createRequire(import.meta.url);',
      'const { dirname: __dirname, filename: __filename } = import.meta;',
    ].join(' '),
  },
  logLevel: 'warning',
} satisfies BuildOptions;

/**
 * The functions app. `@azure/functions` finds its runtime with `require('@azure/functions-core')`, a module that only
 * the Functions worker serves, so it stays external. `more`: plugins of a build that is not deployed; `sourcemap`: for
 * debuggers and stack traces, as `npm start` has it.
 */
export async function buildFunctionsApp({
  outdir = 'dist/functions',
  more = [],
  sourcemap = false,
}: {
  readonly outdir?: string;
  readonly more?: readonly Plugin[];
  readonly sourcemap?: boolean;
} = {}) {
  return bundle({
    ...shared,
    sourcemap,
    entryPoints: ['functions/index.ts'],
    outdir,
    external: [...shared.external, '@azure/functions-core'],
    plugins: [...more, quietTelemetry, precompileSchemas],
  });
}

/** The operator's CLI, which `npx external-groups` runs. */
export async function buildCli(outdir = 'dist/cli') {
  const metafile = await bundle({
    ...shared,
    entryPoints: ['cli/external-groups.ts'],
    outdir,
    chunkNames: 'chunks/[name]-[hash]',
    plugins: [precompileSchemas],
  });
  await chmod(`${outdir}/external-groups.js`, 0o755);
  return metafile;
}

/** Overwrites existing files and then removes leftovers: a host running from the folder never misses a chunk. */
async function bundle(options: BuildOptions & { outdir: string; metafile: true }) {
  const { metafile, outputFiles } = await build({ ...options, write: false });
  for (const { path, contents } of outputFiles) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents);
  }
  const made = new Set(Object.keys(metafile.outputs).map((path) => relative(options.outdir, path)));
  for (const file of await readdir(options.outdir, { recursive: true, withFileTypes: true })) {
    const path = join(file.parentPath, file.name);
    if (file.isFile() && !made.has(relative(options.outdir, path))) await rm(path, { force: true });
  }
  return metafile;
}

if (import.meta.main) await Promise.all([buildFunctionsApp(), buildCli()]);
