/**
 * NCRONTAB (https://github.com/atifaziz/NCrontab), the expressions of timer triggers: five fields, or six with seconds
 * first. It differs from the cron of npm's packages: a day must match day of month AND day of week, names may be
 * shortened to any prefix, and `a/n` runs from `a` to the end of the field.
 */
export interface Ncrontab {
  /** The first occurrence after a time, in the time zone of this process; undefined if there is none for 100 years. */
  next(after: Date): Date | undefined;
}

interface Field {
  min: number;
  max: number;
  names?: readonly string[];
}

const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
];
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
// Second, minute, hour, day of month, month, day of week (CrontabFieldImpl.cs).
const fields: readonly Field[] = [
  { min: 0, max: 59 },
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: months },
  { min: 0, max: 6, names: weekdays },
];

/** Reads an expression; undefined if it is invalid. */
export function parseNcrontab(expression: string): Ncrontab | undefined {
  const given = expression.split(/\s+/).filter((part) => part !== '');
  const parts = given.length === 5 ? ['0', ...given] : given;
  if (parts.length !== fields.length) return undefined;
  const sets = fields.map((field, index) => parseField(parts[index] ?? '', field));
  const [seconds, minutes, hours, days, monthsOfYear, daysOfWeek] = sets;
  if (!seconds || !minutes || !hours || !days || !monthsOfYear || !daysOfWeek) return undefined;

  return {
    next(after) {
      const at = new Date(after);
      at.setMilliseconds(0);
      at.setSeconds(at.getSeconds() + 1);
      const lastYear = at.getFullYear() + 100;
      while (at.getFullYear() <= lastYear) {
        if (!monthsOfYear.has(at.getMonth() + 1)) startOf(at, at.getFullYear(), at.getMonth() + 1, 1);
        else if (!days.has(at.getDate()) || !daysOfWeek.has(at.getDay()))
          startOf(at, at.getFullYear(), at.getMonth(), at.getDate() + 1);
        else if (!hours.has(at.getHours())) forward(at, 3_600 - (at.getMinutes() * 60 + at.getSeconds()));
        else if (!minutes.has(at.getMinutes())) forward(at, 60 - at.getSeconds());
        else if (!seconds.has(at.getSeconds())) forward(at, 1);
        else return at;
      }
      return undefined;
    },
  };
}

function startOf(at: Date, year: number, month: number, day: number): void {
  at.setFullYear(year, month, day);
  at.setHours(0, 0, 0, 0);
}

/** In real seconds, which keep counting when clocks are put back. */
function forward(at: Date, seconds: number): void {
  at.setTime(at.getTime() + seconds * 1000);
}

/** The values of a field, as CrontabFieldImpl.InternalParse reads it: list, then step, then `*`, range or value. */
function parseField(text: string, field: Field): ReadonlySet<number> | undefined {
  const found = new Set<number>();
  for (const item of text.split(',')) {
    const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(item) ?? [];
    // A step of 0 counts as 1 (CrontabField.Accumulate).
    const every = Math.max(1, Number(step ?? 1));
    const bounds = parseRange(range, step !== undefined, field);
    if (bounds === undefined) return undefined;
    for (let value = bounds.first; value <= bounds.last; value += every) found.add(value);
  }
  return found;
}

function parseRange(text: string, stepped: boolean, field: Field) {
  if (text === '*') return { first: field.min, last: field.max };
  const [from = '', to, ...rest] = text.split('-');
  const first = parseValue(from, field);
  const last = to === undefined ? (stepped ? field.max : first) : parseValue(to, field);
  if (first === undefined || last === undefined || rest.length > 0) return undefined;
  // NCrontab takes a range in either order.
  return { first: Math.min(first, last), last: Math.max(first, last) };
}

function parseValue(text: string, { min, max, names }: Field): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) >= min && Number(text) <= max ? Number(text) : undefined;
  if (names === undefined || text === '') return undefined;
  const index = names.findIndex((name) => name.toLowerCase().startsWith(text.toLowerCase()));
  return index < 0 ? undefined : index + min;
}
