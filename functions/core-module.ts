import { createRequire } from 'node:module';

/** The module that the worker serves to the trigger library; null outside a worker. */
export function loadCoreModule(): object | null {
  try {
    const core: unknown = createRequire(import.meta.url)('@azure/functions-core');
    return typeof core === 'object' ? core : null;
  } catch {
    return null;
  }
}
