/** Why work is not finished yet: what an operation and a message carry as `reason`. */
export const postponementReasons = ['requested', 'throttled', 'unavailable', 'denied', 'queued'] as const;
export type PostponementReason = (typeof postponementReasons)[number];

/** Why a part of a source's event changes nothing: few and fixed, because they are the dimension of a metric. */
export const ignoreReasons = [
  /** Events of this kind say nothing about groups and who is in them. */
  'other-kind',
  /** The source attempted it, and it failed there. */
  'not-carried-out',
  /** It says nothing that is not so already: another role of a member, or a request for access. */
  'no-change',
  /** Sent by the source to try out the connection. */
  'test',
] as const;

export type IgnoreReason = (typeof ignoreReasons)[number];
