interface Interruption {
  readonly signal: AbortSignal;
  /** Restores Node's own signal handling. */
  readonly end: () => void;
}

/** The first Ctrl-C lets the command finish what it has started; the second ends it at once. */
export function onInterruption(note: (text: string) => void): Interruption {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(130);
    note('Stopping; press Ctrl-C again to stop at once.');
    controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, interrupt);
  return {
    signal: controller.signal,
    end: () => {
      for (const signal of signals) process.off(signal, interrupt);
    },
  };
}
