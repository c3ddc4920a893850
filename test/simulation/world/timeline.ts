/** What happened in a run, line by line, for the person who reads a failure. */
export interface Timeline {
  /** Lines are only put into words where somebody will read them: a million runs pass without. */
  readonly note: (words: () => string) => void;
  readonly lines: readonly string[];
}

export function createTimeline(isKept: boolean, now: () => number, startedAt: number): Timeline {
  const lines: string[] = [];
  return {
    lines,
    note: (words) => {
      if (isKept) lines.push(`${elapsed(now() - startedAt)}  ${words()}`);
    },
  };
}

/** `1d 02:03:04.567` since the run began. */
function elapsed(milliseconds: number): string {
  const days = Math.floor(milliseconds / 86_400_000);
  const time = new Date(milliseconds % 86_400_000).toISOString().slice(11, 23);
  return days > 0 ? `${days}d ${time}` : time;
}
