import { operationIdPattern } from '../groups/operation-id.ts';
import { outcomeKinds } from '../groups/outcome.ts';
import { ignoreReasons, postponementReasons } from '../groups/reasons.ts';
import { problemCatalogue } from '../problems/catalogue.ts';
import { measuredQueues } from '../storage/queue-depth.ts';
import type { Attributes } from './signal.ts';
import { changeKinds, type EventFields, type MetricName } from './telemetry.ts';

/** Whether a value may leave the process under its name. */
type Allowed = (value: unknown) => value is string | number;

const sources = oneOf(['http', 'queue']);
const connectionId = matching(/^[A-Za-z0-9]{0,32}$/);
const code = matching(/^[\w.:-]{1,100}$/);

/** What an event may carry. A value in any other form is left out: it could be free text. */
const eventFields: { readonly [name in keyof EventFields]-?: Allowed } = {
  connectionId,
  groupId: matching(/^[A-Za-z0-9_-]{0,128}$/),
  source: sources,
  operationId: matching(new RegExp(`^$|${operationIdPattern}`)),
  attempts: isWhole,
  graphStatus: isWhole,
  graphCode: code,
  graphRequestId: code,
  reason: oneOf(postponementReasons),
  code: oneOf(Object.keys(problemCatalogue)),
  discardReason: (value): value is string => value !== '' && readDiscardReason(value) === value,
  age: isWhole,
  change: oneOf(changeKinds),
  added: isWhole,
  removed: isWhole,
  failed: isWhole,
};

/** The dimensions of each metric. Each has few values; otherwise the number of series would be unbounded. */
const dimensions: { readonly [name in MetricName]: { readonly [dimension: string]: Allowed } } = {
  'externalGroups.create.duration': { source: sources, outcome: oneOf(outcomeKinds) },
  'externalGroups.queue.age': {},
  'externalGroups.queue.depth': { queue: oneOf(Object.keys(measuredQueues)) },
  'externalGroups.graph.throttled': {},
  'externalGroups.deadLetters': { code: oneOf(Object.keys(problemCatalogue)) },
  'externalGroups.members.applied': {},
  'externalGroups.change.age': {},
  'externalGroups.changes.superseded': {},
  // A repository has few sources.
  'externalGroups.sources.ignored': {
    source: matching(/^[a-z][a-z0-9_]{0,31}$/),
    reason: oneOf(ignoreReasons),
  },
  'externalGroups.groups': {},
  // A tenant has 30 connections at most.
  'externalGroups.groups.failed': { connectionId },
};

export function allowedEventFields(fields: object): Attributes {
  return keep(fields, eventFields);
}

export function allowedDimensions(metric: MetricName, given: object): Attributes {
  return keep(given, dimensions[metric]);
}

export interface AllowedUrl {
  readonly href: string;
  readonly path: string;
  readonly host: string;
}

/** `/{version}/external/connections/{c}/groups/{g}/members/`: what follows identifies a person. */
const beforeMemberId = /^(?:\/[^/]*){6}\/members\//;

/** A URL without the parts that can contain secrets (user, query, fragment) or a member's id. Null if it is not a URL. */
export function allowedUrl(text: string): AllowedUrl | null {
  const url = URL.parse(text);
  if (url === null) return null;
  const { pathname, origin, hostname } = url;
  const members = beforeMemberId.exec(pathname);
  const path = members === null ? pathname : `${members[0]}{id}`;
  return { href: `${origin}${path}`, path, host: hostname };
}

function keep(given: object, allowed: { readonly [name: string]: Allowed }): Attributes {
  const kept: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(given)) {
    const isAllowed = Object.hasOwn(allowed, name) ? allowed[name] : undefined;
    if (isAllowed?.(value)) kept[name] = value;
  }
  return kept;
}

function oneOf(values: readonly string[]): Allowed {
  return (value): value is string => typeof value === 'string' && values.includes(value);
}

function matching(pattern: RegExp): Allowed {
  return (value): value is string => typeof value === 'string' && pattern.test(value);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

export const maxDiscardReason = 120;

const allowed = new RegExp(`^[\\p{L}\\d][\\p{L}\\d .,:;()/#_-]{2,${maxDiscardReason - 1}}$`, 'u');

/** Why an operator discarded a dead letter: the only text of a person in telemetry. Null: it may not go there. */
export function readDiscardReason(text: unknown): string | null {
  const trimmed = typeof text === 'string' ? text.trim() : '';
  return allowed.test(trimmed) ? trimmed : null;
}
