import type { StoredOperation } from './entity.ts';

/** What this process wrote last of an operation, and the version that the table gave it. */
export interface Written {
  readonly stored: StoredOperation;
  readonly etag: string;
}

export interface LastWritten {
  readonly get: (operationId: string) => Written | undefined;
  readonly set: (operationId: string, written: Written) => void;
  readonly forget: (operationId: string) => void;
}

/**
 * Spares the reading before the next write of the same operation. It needs not be right, because every write is
 * conditional on the version; and it may forget, so it is bounded.
 */
export function createLastWritten(most = 2_000): LastWritten {
  const kept = new Map<string, Written>();
  return {
    get: (operationId) => kept.get(operationId),
    set: (operationId, written) => {
      kept.delete(operationId);
      kept.set(operationId, written);
      const [oldest] = kept.keys();
      if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    },
    forget: (operationId) => void kept.delete(operationId),
  };
}
