import { parseJson } from '../../stack/json.ts';

/** The items of a body that is a JSON array, a single item, or one item per line; `undefined` for anything else. */
export function readItems(body: string): unknown[] | undefined {
  const whole = parseJson(body);
  if (Array.isArray(whole)) return whole;
  if (whole !== undefined) return [whole];
  const lines = body.split('\n').filter((line) => line.trim() !== '');
  const items = lines.map(parseJson);
  return lines.length > 1 && !items.includes(undefined) ? items : undefined;
}
