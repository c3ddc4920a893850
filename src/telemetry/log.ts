/** Writes one line for the operator. No display name, description, token, key or signature goes in. */
export type Log = (level: 'info' | 'warn' | 'error', line: string) => void;
