import { sources } from '../../sources/registry.ts';
import { settingCatalogue } from '../../src/settings/catalogue.ts';
import { settingsOfSource } from '../../src/settings/source-settings.ts';
import { cleanEnvironment, type Variables } from './clean-environment.ts';

/**
 * An empty setting counts as unset, and unlike an absent one it is not filled from a local.settings.json meant for a
 * real tenant.
 */
const noSettings: Variables = Object.fromEntries(
  [...Object.keys(settingCatalogue), ...Object.keys(sources).flatMap(settingsOfSource)].map((name) => [
    name,
    '',
  ]),
);

/** What every host gets, wherever the stand-ins are. */
const fixed: Variables = {
  // The SDK's own usage statistics would leave this machine.
  APPLICATION_INSIGHTS_NO_STATSBEAT: 'true',
  FUNCTIONS_WORKER_RUNTIME: 'node',
  // As deployed: with HTTP_STREAMING the worker's server takes the headers that the host does.
  languageWorkers__node__arguments: '--max-http-header-size=65536',
  AzureWebJobsDisableHomepage: 'true',
};

/**
 * The complete environment of functions hosts: `standIns` points the app to the stand-ins, `own` and what is given to the
 * result take precedence.
 */
export function createHostEnvironment(standIns: Variables, own: Variables) {
  return (...more: readonly Variables[]) =>
    cleanEnvironment(process.env, noSettings, standIns, fixed, own, ...more);
}
