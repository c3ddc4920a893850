import { buildFunctionsApp } from '../../scripts/build.ts';

/** End-to-end tests run the bundle that is deployed, not the sources. */
export async function setup(): Promise<void> {
  await buildFunctionsApp();
}
