export const checkStatuses = ['passed', 'failed', 'skipped'] as const;
export type CheckStatus = (typeof checkStatuses)[number];

/** The result of a check. Neither text ever contains a secret, a token, or text of another system. */
export interface Finding {
  readonly status: CheckStatus;
  /** What was seen, or why the check was skipped. */
  readonly seen: string;
  /** What to do, if anything. */
  readonly fix?: string;
}

export interface Check extends Finding {
  readonly id: string;
  readonly title: string;
}

/** A check as data: its title, the checks it depends on, and how to run it. */
export interface CheckDefinition {
  readonly id: string;
  readonly title: string;
  /** Ids of earlier checks in the list. If one has not passed, this one is skipped. */
  readonly needs?: readonly string[];
  readonly look: (signal: AbortSignal) => Promise<Finding> | Finding;
  /** What to do if the check takes too long. */
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
