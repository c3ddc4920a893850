export type ToWorker =
  | { readonly kind: 'usage' }
  /** Requests the heap in use; `collect`: after a garbage collection. */
  | { readonly kind: 'heap'; readonly collect: boolean }
  | {
      readonly kind: 'invoke';
      readonly id: string;
      readonly connectionId: string;
      readonly headers: Record<string, string>;
    };

export type FromWorker =
  | { readonly kind: 'ready'; readonly port: number }
  /** Milliseconds of processor time of all threads since the start. */
  | { readonly kind: 'usage'; readonly cpuMs: number }
  | { readonly kind: 'heap'; readonly bytes: number };
