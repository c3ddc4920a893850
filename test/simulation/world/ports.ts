import type { CallSpec } from './calls.ts';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** For calls without a deadline, as the host's own: they fail rather than stay without an answer. */
  readonly isNeverSilent?: boolean;
}

/** Begins a call of a service for one instance. */
export type Begin = <T>(spec: CallSpec<T>) => Promise<T>;

/** The options as `exactOptionalPropertyTypes` wants them. */
export function callOptions({ signal, isNeverSilent }: CallOptions = {}): CallOptions {
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(isNeverSilent === true ? { isNeverSilent } : {}),
  };
}
