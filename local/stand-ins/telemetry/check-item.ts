import { isJsonObject, type JsonObject } from '../../stack/json.ts';

/** One telemetry item as it arrived: the envelope of Application Insights. */
export interface TelemetryItem {
  readonly name: string;
  readonly time: string;
  readonly iKey: string;
  readonly tags?: JsonObject;
  readonly data: { readonly baseType: string; readonly baseData: JsonObject };
}

/** What each kind of item must carry besides `ver`: the data model's required members. */
const requiredMembers: { readonly [baseType: string]: readonly string[] | undefined } = {
  RequestData: ['id', 'duration', 'responseCode'],
  RemoteDependencyData: ['name', 'duration'],
  EventData: ['name'],
  MessageData: ['message'],
  ExceptionData: ['exceptions'],
  MetricData: ['metrics'],
  AvailabilityData: ['id', 'name', 'duration'],
  PageViewData: ['name'],
};

/** The intake drops items older or newer than this. */
const hour = 60 * 60 * 1000;

/** The intake's reason for refusing an item; `undefined` for a valid one. */
export function findItemFault(item: unknown, instrumentationKey: string, now: number): string | undefined {
  if (!isJsonObject(item)) return '100: Invalid JSON';
  for (const field of ['name', 'time', 'iKey'] as const) {
    if (typeof item[field] !== 'string' || item[field] === '') return missing(field, 'Envelope');
  }
  if (item.iKey !== instrumentationKey) return '110: Invalid instrumentation key';
  const time = Date.parse(String(item.time));
  if (Number.isNaN(time)) return "103: Field 'time' on type 'Envelope' is not a valid time string";
  if (time < now - 48 * hour || time > now + 2 * hour) {
    return "402: Field 'time' on type 'Envelope' is out of the allowed range";
  }
  if (!isJsonObject(item.data)) return missing('data', 'Envelope');
  const { baseType, baseData } = item.data;
  const members = typeof baseType === 'string' ? requiredMembers[baseType] : undefined;
  if (members === undefined) return `106: Unsupported baseType '${String(baseType)}'`;
  if (!isJsonObject(baseData)) return missing('baseData', 'Data');
  if (typeof baseData.ver !== 'number') return missing('ver', String(baseType));
  const absent = members.find((member) => baseData[member] === undefined || baseData[member] === '');
  return absent === undefined ? undefined : missing(absent, String(baseType));
}

function missing(field: string, type: string): string {
  return `109: Field '${field}' on type '${type}' is required but missing or empty.`;
}
