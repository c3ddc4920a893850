interface Field {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const months = 'January February March April May June July August September October November December';
const weekdays = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday';

/** Second, minute, hour, day of month, month, day of week (github.com/atifaziz/NCrontab, CrontabFieldImpl.cs). */
const fields: readonly Field[] = [
  { min: 0, max: 59 },
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: months.split(' ') },
  { min: 0, max: 6, names: weekdays.split(' ') },
];

/**
 * Whether the host takes a schedule of six fields: lists of `*`, values and ranges with steps, each value within the range
 * of its field. The host would only refuse the timer, and the app would run without it.
 */
export function isNcrontab(text: string): boolean {
  const parts = text.split(/\s+/);
  return parts.length === fields.length && fields.every((field, index) => isField(parts[index] ?? '', field));
}

function isField(text: string, field: Field): boolean {
  return text.split(',').every((item) => {
    const [, range, step] = /^([^/]+)(?:\/(\d{1,4}))?$/.exec(item) ?? [];
    if (range === undefined || (step !== undefined && Number(step) < 1)) return false;
    if (range === '*') return true;
    const ends = range.split('-');
    return ends.length <= 2 && ends.every((end) => isValue(end, field));
  });
}

/** A number, or any beginning of a name. */
function isValue(text: string, { min, max, names = [] }: Field): boolean {
  if (/^\d{1,4}$/.test(text)) return Number(text) >= min && Number(text) <= max;
  return text !== '' && names.some((name) => name.toLowerCase().startsWith(text.toLowerCase()));
}
