export const checkStatuses = ['passed', 'failed', 'skipped'] as const;
export type CheckStatus = (typeof checkStatuses)[number];

/** What a check came to. Neither text ever holds a secret, a token, or words of another system. */
export interface Finding {
  readonly status: CheckStatus;
  /** What was seen, or why nothing was looked at. */
  readonly seen: string;
  /** What to do, where something is to be done. */
  readonly fix?: string;
}

export interface Check extends Finding {
  readonly id: string;
  readonly title: string;
}

/** A check as data: what it is called, what must hold before it makes sense, and how to look. */
export interface CheckDefinition {
  readonly id: string;
  readonly title: string;
  /** Ids of checks that stand before it in the list. Where one has not passed, this one is skipped. */
  readonly needs?: readonly string[];
  readonly look: (signal: AbortSignal) => Promise<Finding> | Finding;
  /** What to do where looking takes too long. */
  readonly ifSilent?: string;
}

export function passed(seen: string): Finding {
  return { status: 'passed', seen };
}

export function failed(seen: string, fix: string): Finding {
  return { status: 'failed', seen, fix };
}

export function skipped(why: string): Finding {
  return { status: 'skipped', seen: why };
}
