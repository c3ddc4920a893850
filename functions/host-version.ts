import { createRequire } from 'node:module';

/** The Functions host's version, from the module that the worker serves; null if the host does not say. */
export function readHostVersion(): string | null {
  try {
    const core: unknown = createRequire(import.meta.url)('@azure/functions-core');
    const version =
      typeof core === 'object' && core !== null && 'hostVersion' in core ? core.hostVersion : null;
    return typeof version === 'string' && /^[\w.-]{1,40}$/.test(version) ? version : null;
  } catch {
    return null;
  }
}
