/** Why work is not finished yet: what an operation and a message carry as `reason`. */
export const postponementReasons = ['requested', 'throttled', 'unavailable', 'denied', 'queued'] as const;
export type PostponementReason = (typeof postponementReasons)[number];

/** Why a part of a source's event changes nothing: few and fixed, because they are the dimension of a metric. */
export const ignoreReasons = [
  /** Events of this kind are not about groups or their members. */
  'other-kind',
  /** The source attempted the change, and it failed there. */
  'not-carried-out',
  /** It changes nothing: another role of a member, or a request for access. */
  'no-change',
  /** Sent by the source to try out the connection. */
  'test',
] as const;

export type IgnoreReason = (typeof ignoreReasons)[number];
