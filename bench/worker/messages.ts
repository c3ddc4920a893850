export type ToWorker =
  | { readonly kind: 'usage' }
  /** Requests the heap in use; `collect`: after a garbage collection. */
  | { readonly kind: 'heap'; readonly collect: boolean }
  /** What the host says of a request in the message that starts its invocation. */
  | {
      readonly kind: 'invoke';
      readonly id: string;
      readonly connectionId: string;
      readonly url: string;
      readonly headers: Record<string, string>;
      readonly body: string;
    };

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answered'; readonly id: string; readonly status: string; readonly body: string }
  /** Milliseconds of processor time of all threads since the start. */
  | { readonly kind: 'usage'; readonly cpuMs: number }
  | { readonly kind: 'heap'; readonly bytes: number };
