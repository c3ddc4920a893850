import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

/**
 * Bundles the functions app into `dist/functions`, as ES modules with code splitting: the entry that the host
 * loads stays small and the heavy SDKs become chunks that load when they are first needed.
 *
 * `@azure/functions` finds its runtime with `require('@azure/functions-core')`, a module that only the
 * Functions worker serves, so it stays external and `require` is defined by a banner.
 */
export async function buildFunctionsApp(outdir = 'dist/functions'): Promise<void> {
  await rm(outdir, { recursive: true, force: true });
  await build({
    entryPoints: ['functions/index.ts'],
    outdir,
    bundle: true,
    splitting: true,
    minify: true,
    keepNames: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    mainFields: ['module', 'main'],
    external: ['@azure/functions-core'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
}

if (import.meta.main) await buildFunctionsApp();
