import type { Plugin } from 'esbuild';
import { type ReplacedFile, replaceFiles } from './replace-files.ts';

/**
 * `undici` brings `fetch`, WebSockets, caches and mocks; the app uses its pool and its proxy agent, a fifth of it. The
 * tests in `test/e2e` run against the bundle.
 */
const entry = `
  exports.Pool = require('./lib/dispatcher/pool.js');
  exports.EnvHttpProxyAgent = require('./lib/dispatcher/env-http-proxy-agent.js');`;

/** Single files of the package, by the end of their path, and their replacements. */
const replacedFiles: readonly ReplacedFile[] = [
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
    replaceFiles(build, 'undici', replacedFiles);
  },
};
