/** Writes one line for the operator. It contains no display name, description, token, key or signature. */
export type Log = (level: 'info' | 'warn' | 'error', line: string) => void;
