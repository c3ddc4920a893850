export type ToWorker =
  | { readonly kind: 'usage' }
  | {
      readonly kind: 'invoke';
      readonly id: string;
      readonly connectionId: string;
      readonly headers: Record<string, string>;
    };

export type FromWorker =
  | { readonly kind: 'ready'; readonly port: number }
  /** Milliseconds of processor time of all threads since the start. */
  | { readonly kind: 'usage'; readonly cpuMs: number };
