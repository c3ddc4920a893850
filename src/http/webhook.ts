/** A module of its own: bundled, a CommonJS package that is imported dynamically loses its named exports (esbuild). */
export { Webhook } from 'standardwebhooks';
