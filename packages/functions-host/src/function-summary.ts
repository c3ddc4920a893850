/** What a started host says about one function. */
export type FunctionSummary =
  | { name: string; type: 'http'; methods: string[]; route: string }
  | { name: string; type: 'queue'; queueName: string };
