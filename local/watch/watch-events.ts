import type { TelemetryItem } from '../stand-ins/telemetry/check-item.ts';
import type { FreshItems } from './fresh-items.ts';
import { timeOfDay } from './line.ts';
import type { Watcher } from './watch-work.ts';

/** One line for everything that became of a group: when, what, which group. */
export function eventWatcher(fresh: FreshItems): Watcher {
  return () => Promise.resolve(fresh().flatMap(describeEvent));
}

const outcomes: Readonly<Record<string, string>> = {
  ExternalGroupCreated: 'created',
  ExternalGroupUnchanged: 'unchanged',
  ExternalGroupConflict: 'conflict',
  ExternalGroupDeferred: 'deferred',
  ExternalGroupPostponed: 'postponed',
  ExternalGroupDeadLettered: 'dead-lettered',
  ExternalGroupDeadLetterDiscarded: 'discarded',
  ExternalGroupRepaired: 'repaired',
  ExternalGroupNameReassigned: 'name reassigned',
  ExternalGroupFailed: 'failed',
};

function describeEvent({ time, data: { baseType, baseData } }: TelemetryItem): string[] {
  if (baseType !== 'EventData') return [];
  const fields = { ...record(baseData.properties), ...record(baseData.measurements) };
  const text = (name: string) => (fields[name] === undefined ? '' : String(fields[name]));
  const isChange = baseData.name === 'ExternalGroupChanged';
  const outcome = isChange ? changed(text) : outcomes[String(baseData.name)];
  if (outcome === undefined) return [];
  const why = text('code') || text('reason');
  const line = `${outcome} ${text('connectionId')}/${text('groupId')}${why === '' ? '' : ` (${why})`}`;
  return [`${timeOfDay(new Date(time))} ${line}`];
}

/** Members are told by their number, never by name. */
function changed(text: (name: string) => string): string {
  return text('change') === 'members' ? `members +${text('added')} −${text('removed')} of` : text('change');
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
