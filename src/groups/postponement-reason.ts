/** Why work is not finished yet: what an operation and a message carry as `reason`. */
export const postponementReasons = ['requested', 'throttled', 'unavailable', 'denied', 'queued'] as const;
export type PostponementReason = (typeof postponementReasons)[number];
