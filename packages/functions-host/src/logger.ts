import type { LogLevel } from './core-types.ts';

export interface LogEntry {
  level: LogLevel;
  /** `Host.…`, `Function.<name>` or `Function.<name>.User`: the names that host.json's `logging.logLevel` filters. */
  category: string;
  message: string;
  functionName?: string;
  invocationId?: string;
}

export type Log = (entry: LogEntry) => void;

export interface LoggerOptions {
  allows: (category: string, level: LogLevel) => boolean;
  out: (line: string) => void;
  err: (line: string) => void;
  colours: boolean;
  now?: () => Date;
}

const LABELS: Record<LogLevel, string> = {
  trace: 'TRC',
  debug: 'DBG',
  information: 'INF',
  warning: 'WRN',
  error: 'ERR',
  critical: 'CRT',
  none: '   ',
};
const COLOURS: Partial<Record<LogLevel, string>> = {
  trace: '\u001b[90m',
  debug: '\u001b[90m',
  warning: '\u001b[33m',
  error: '\u001b[31m',
  critical: '\u001b[31m',
};
const DIM = '\u001b[2m';
const RESET = '\u001b[0m';

/** One readable line per entry: time, level, function, short invocation id, text. Errors go to the error stream. */
export function createLogger({ allows, out, err, colours, now = () => new Date() }: LoggerOptions): Log {
  const paint = (text: string, colour: string | undefined): string =>
    colours && colour !== undefined ? `${colour}${text}${RESET}` : text;

  return function log(entry) {
    if (!allows(entry.category, entry.level)) return;
    const colour = COLOURS[entry.level];
    const parts = [paint(now().toISOString().slice(11, 23), DIM), paint(LABELS[entry.level], colour)];
    parts.push(entry.functionName ?? 'host');
    if (entry.invocationId !== undefined) parts.push(paint(entry.invocationId.slice(0, 8), DIM));
    parts.push(paint(entry.message, colour));
    const write = entry.level === 'error' || entry.level === 'critical' ? err : out;
    write(`${parts.join(' ')}\n`);
  };
}
