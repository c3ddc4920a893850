import type { Source } from '../src/sources/define-source.ts';
import { auth0 } from './auth0.ts';
import { gitlab } from './gitlab.ts';
import { okta } from './okta.ts';

/**
 * The sources of this repository, by the name in their address and in their settings: lower-case letters, digits and
 * underscores. Each is served if its settings are set.
 */
export const sources: Readonly<Record<string, Source>> = {
  auth0,
  gitlab,
  okta,
};
