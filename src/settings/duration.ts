import type { Read } from './readers.ts';

const number = '\\d{1,9}(?:[.,]\\d{1,9})?';
/** ISO 8601 in weeks, days and below, and nothing before, after or beside it. Months and years have no fixed length. */
const duration = new RegExp(
  `^P(?!$)(?:(?<weeks>${number})W)?(?:(?<days>${number})D)?` +
    `(?:T(?!$)(?:(?<hours>${number})H)?(?:(?<minutes>${number})M)?(?:(?<seconds>${number})S)?)?$`,
);

/** An ISO 8601 duration in milliseconds, from `least` to `most`. */
export function readDuration(text: string, least: number, most: number, example: string): Read<number> {
  const parts = duration.exec(text)?.groups;
  const count = (name: string) => Number((parts?.[name] ?? '0').replace(',', '.'));
  const hours = (count('weeks') * 7 + count('days')) * 24 + count('hours');
  const value = Math.round(((hours * 60 + count('minutes')) * 60 + count('seconds')) * 1000);
  if (parts !== undefined && value >= least && value <= most) return { value };
  return {
    expected: `an ISO 8601 duration from ${least / 1000} s to ${most / 1000} s, for example ${example}`,
  };
}
