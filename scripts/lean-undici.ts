import type { Plugin } from 'esbuild';

/**
 * `undici` brings `fetch`, WebSockets, caches and mocks; the app uses its pool and its proxy agent, a fifth of it. The
 * tests in `test/e2e` run against the bundle.
 */
const entry = `
  exports.Pool = require('./lib/dispatcher/pool.js');
  exports.EnvHttpProxyAgent = require('./lib/dispatcher/env-http-proxy-agent.js');`;

/** Single files of the package, by the end of their path, and their replacements. */
const replacedFiles: readonly { readonly file: RegExp; readonly contents: string }[] = [
  { file: /node_modules\/undici\/index\.js$/, contents: entry },
  // The parser for processors without SIMD, which is tried second.
  {
    file: /undici\/lib\/llhttp\/llhttp-wasm\.js$/,
    contents: "module.exports = require('./llhttp_simd-wasm.js');",
  },
  // Bodies other than text and bytes.
  { file: /undici\/lib\/web\/fetch\/body\.js$/, contents: 'module.exports = {};' },
  // HTTP/2, which is off by default.
  {
    file: /undici\/lib\/dispatcher\/client-h2\.js$/,
    contents: "module.exports = () => { throw new Error('HTTP/2 is not in the bundle'); };",
  },
];

export const leanUndici: Plugin = {
  name: 'lean-undici',
  setup(build) {
    const replaced = new Set<RegExp>();
    for (const { file, contents } of replacedFiles) {
      build.onLoad({ filter: file }, () => {
        replaced.add(file);
        return { contents, loader: 'js' };
      });
    }
    // Another version may name its files differently: better no bundle than one with all of it.
    build.onEnd(() => ({
      errors: replacedFiles
        .filter(({ file }) => !replaced.has(file))
        .map(({ file }) => ({ text: `no file of undici is named ${file.source}: is it another version?` })),
    }));
  },
};
