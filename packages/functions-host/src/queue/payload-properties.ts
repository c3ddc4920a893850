import type { RpcTypedData } from '../core-types.ts';
import { isRecord } from '../json-file.ts';

/** Newtonsoft.Json reads no deeper: to the host, deeper nesting is not JSON. */
const deepestNesting = 64;
/** What Newtonsoft.Json recognises as a date. */
const isoDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?(?:Z|[+-]\d\d:\d\d)?$/;

/**
 * The top-level properties of a JSON object as the host merges them into the trigger metadata (Utility.ApplyBindingData
 * of azure-functions-host): objects as JSON, everything else as text; null and arrays are left out. Text that is an ISO
 * date becomes one in .NET's invariant format, because Newtonsoft.Json has parsed it meanwhile.
 */
export function payloadProperties(text: string): ReadonlyMap<string, RpcTypedData> {
  const none = new Map<string, RpcTypedData>();
  const trimmed = text.trim();
  if (!trimmed.startsWith('{') || !trimmed.endsWith('}') || nestsDeeper(text, deepestNesting)) return none;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return none;
  }
  if (!isRecord(value)) return none;
  const found = new Map<string, RpcTypedData>();
  for (const [name, property] of Object.entries(value)) {
    if (property === null || Array.isArray(property)) continue;
    const typed = isRecord(property) ? { json: JSON.stringify(property) } : { string: netText(property) };
    found.set(name, typed);
  }
  return found;
}

/** Convert.ToString with the invariant culture. */
function netText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'string' || !isoDate.test(value)) return String(value);
  // Without an offset the date stays as it is; with one it is converted to local time.
  const zoned = /(?:Z|[+-]\d\d:\d\d)$/.test(value);
  const date = new Date(zoned ? value : `${value}Z`);
  if (Number.isNaN(date.getTime())) return value;
  const local = zoned && !value.endsWith('Z') ? -date.getTimezoneOffset() : 0;
  const [day = '', time = ''] = new Date(date.getTime() + local * 60_000).toISOString().split('T');
  const [year, month, ofMonth] = day.split('-');
  return `${month}/${ofMonth}/${year} ${time.slice(0, 8)}`;
}

function nestsDeeper(text: string, limit: number): boolean {
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === '[' || token === '{') depth++;
    else if (token === ']' || token === '}') depth--;
    if (depth > limit) return true;
  }
  return false;
}
