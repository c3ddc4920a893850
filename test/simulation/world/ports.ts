import type { CallSpec } from './calls.ts';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which a call is given up by itself. */
  readonly timeout?: number | undefined;
  /** For calls without a deadline, as the host's own: they fail rather than stay without an answer. */
  readonly isNeverSilent?: boolean;
}

/** Begins a call of a service for one instance. */
export type Begin = <T>(spec: CallSpec<T>) => Promise<T>;

/** The options alone, of whatever else was given with them. */
export function callOptions({ signal, timeout, isNeverSilent = false }: CallOptions = {}): CallOptions {
  return { signal, timeout, isNeverSilent };
}
