/** What the host remembers of a timer between two runs (ScheduleStatus of azure-webjobs-sdk-extensions). */
export interface ScheduleStatus {
  last: Date;
  next: Date;
  lastUpdated: Date;
}

/** .NET's `default(DateTime)`, which stands for "never". */
export const never = new Date('0001-01-01T00:00:00Z');

/** As Newtonsoft.Json writes a local DateTime, such as `2026-11-25T13:00:00+00:00`. */
export function localTimestamp(date: Date): string {
  if (date.getTime() === never.getTime()) return '0001-01-01T00:00:00+00:00';
  const offset = -date.getTimezoneOffset();
  const shifted = new Date(date.getTime() + offset * 60_000).toISOString().replace(/(?:\.000)?Z$/, '');
  const two = (value: number): string => String(value).padStart(2, '0');
  const distance = Math.abs(offset);
  return `${shifted}${offset < 0 ? '-' : '+'}${two(Math.floor(distance / 60))}:${two(distance % 60)}`;
}
