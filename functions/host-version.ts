import { loadCoreModule } from './core-module.ts';

/** The Functions host's version; null if the host does not say. */
export function readHostVersion(core = loadCoreModule()): string | null {
  const version = core !== null && 'hostVersion' in core ? core.hostVersion : null;
  return typeof version === 'string' && /^[\w.-]{1,40}$/.test(version) ? version : null;
}
