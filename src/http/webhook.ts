/** A separate module: when bundled, a dynamically imported CommonJS package loses its named exports (esbuild). */
export { Webhook } from 'standardwebhooks';
