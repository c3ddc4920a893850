import type { Context } from '../context.ts';
import { usageFailure } from '../failure.ts';
import { findAdapter, type HttpOptions, type HttpTarget } from '../where/http-target.ts';
import { createAskAdapter } from './adapter-client.ts';
import { createLedgerClient, type LedgerClient } from './ledger-client.ts';

export interface AdapterOptions extends HttpOptions {
  /** Name of the environment variable that holds a Standard Webhooks secret. */
  readonly signingSecret?: string;
}

/** The ledger of the chosen adapter. */
export function openLedger(
  options: AdapterOptions,
  { env, folder, interrupted }: Context,
): { readonly ledger: LedgerClient; readonly target: HttpTarget } {
  const target = findAdapter(options, env, folder);
  const { signingSecret } = options;
  const secret = signingSecret === undefined ? null : (env[signingSecret]?.trim() ?? '');
  // The value is never repeated: a secret given instead of a name would be shown.
  if (secret === '')
    throw usageFailure('--signing-secret must name an environment variable; the one it names is not set.');
  const ask = createAskAdapter(target, secret, interrupted);
  return { ledger: createLedgerClient(ask, secret !== null), target };
}
