import { expect, it } from 'vitest';
import { createLogger, type LogEntry } from '../../../packages/functions-host/src/logger.ts';

function lines(entry: LogEntry, colours: boolean): { out: string[]; err: string[] } {
  const out: string[] = [];
  const err: string[] = [];
  const log = createLogger({
    allows: () => true,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    colours,
    now: () => new Date(0),
  });
  log(entry);
  return { out, err };
}

it('writes time, level, function, short invocation id and text', () => {
  const functionName = 'create-group';
  const entry = { level: 'information', category: 'Function.x', message: 'done', functionName } as const;
  expect(lines({ ...entry, invocationId: '01234567-89ab' }, false)).toEqual({
    out: ['00:00:00.000 INF create-group 01234567 done\n'],
    err: [],
  });
});

it('writes errors to the error stream, in colour on a terminal', () => {
  const entry = { level: 'error', category: 'Host', message: 'broken' } as const;
  expect(lines(entry, false)).toEqual({ out: [], err: ['00:00:00.000 ERR host broken\n'] });
  expect(lines(entry, true).err[0]).toContain('\u001b[31mbroken\u001b[0m');
});
