import type { ValidateFunction } from 'ajv/dist/2020.js';
import { compileDeclaredSchema } from '../groups/compile-declared-schema.ts';
import type { FaultList } from '../groups/fault-list.ts';
import { toFaults } from '../groups/validation.ts';

const name = { type: 'string', minLength: 1 } as const;

/**
 * JSON Schema of a CloudEvents 1.0 event in its JSON format (cloudevents.io); `data`: the schema of what it carries,
 * `{}` for the outline alone. Other attributes are extensions, which may have any name.
 */
export function cloudEventSchema(data: object) {
  return {
    type: 'object',
    title: 'CloudEvents 1.0 event with a change',
    required: ['specversion', 'id', 'source', 'type', 'data'],
    properties: {
      specversion: { const: '1.0', description: 'must be "1.0"' },
      id: name,
      source: name,
      type: name,
      time: {
        description:
          'The sequence of the change in milliseconds, if neither `data` nor the event has a `sequence`.',
      },
      sequence: { description: 'The sequence of the change, a whole number, if `data` has none.' },
      datacontenttype: {
        type: ['string', 'null'],
        pattern: '^[Aa][Pp]{2}[Ll][Ii][Cc][Aa][Tt][Ii][Oo][Nn]/(?:[\\w.+-]+\\+)?[Jj][Ss][Oo][Nn]\\s*(?:;|$)',
      },
      data,
    },
  } as const;
}

/** An event, as far as it matters here. */
export interface CloudEvent {
  readonly data: unknown;
  /** Absent: the event says neither `sequence` nor `time`. */
  readonly sequence?: number;
  readonly traceparent?: string;
  readonly tracestate?: string;
}

interface Attributes {
  readonly data: unknown;
  readonly sequence?: unknown;
  readonly time?: unknown;
  readonly traceparent?: unknown;
  readonly tracestate?: unknown;
}

/** Whether a message on a queue is an event: no other message has this member. */
export function isCloudEvent(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'specversion');
}

/** Reads an event; null: there are errors in `faults`. An error in an order that `data` does not need is none. */
type ReadCloudEvent = (
  value: unknown,
  faults: FaultList,
  needsSequence: (data: unknown) => boolean,
) => CloudEvent | null;

export function createCloudEventReader(): ReadCloudEvent {
  let isEvent: ValidateFunction<Attributes> | undefined;
  return function readCloudEvent(value, faults, needsSequence) {
    isEvent ??= compileDeclaredSchema<Attributes>(cloudEventSchema({}));
    if (!isEvent(value)) {
      faults.add(toFaults('body', '', isEvent.errors));
      return null;
    }
    const { data, traceparent, tracestate } = value;
    return {
      data,
      ...(needsSequence(data) ? orderOf(value, faults) : {}),
      ...(isShort(traceparent) ? { traceparent } : {}),
      ...(isShort(tracestate) ? { tracestate } : {}),
    };
  };
}

function isShort(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 512;
}

/** Null attributes count as absent, as the JSON format of CloudEvents says. */
function orderOf({ sequence, time }: Attributes, faults: FaultList): { readonly sequence?: number } {
  if (sequence !== undefined && sequence !== null) {
    // The extension "sequence" of CloudEvents has integers as text.
    const number = typeof sequence === 'string' && /^\d{1,16}$/.test(sequence) ? Number(sequence) : sequence;
    if (isSequence(number)) return { sequence: number };
    const detail = `must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`;
    faults.add([{ in: 'body', pointer: '/sequence', keyword: 'format', detail }]);
  } else if (time !== undefined && time !== null) {
    const milliseconds = typeof time === 'string' && dateTime.test(time) ? Date.parse(time) : Number.NaN;
    if (isSequence(milliseconds)) return { sequence: milliseconds };
    const detail = 'must be an RFC 3339 time, not before 1970';
    faults.add([{ in: 'body', pointer: '/time', keyword: 'format', detail }]);
  }
  return {};
}

const dateTime = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

function isSequence(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
