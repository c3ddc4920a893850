import type { AuthLevel } from './http/router.ts';

/** What a started host reports about one function. */
export type FunctionSummary = { name: string; disabled?: true } & (
  | { type: 'http'; methods: string[]; route: string; authLevel: AuthLevel }
  | { type: 'queue'; queueName: string }
  | { type: 'timer'; schedule: string }
);
