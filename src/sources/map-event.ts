import type { IdCharacters } from '../groups/external-group.ts';
import { createFaultList } from '../groups/fault-list.ts';
import type { NameKind } from '../groups/member-name.ts';
import { type ChangeReader, createChangeReader } from '../ledger/change-reader.ts';
import type { RequestedChange } from '../ledger/core/change.ts';
import type { MapEvent } from '../ledger/declare-event.ts';
import { idFault, tooLarge } from '../ledger/to-change.ts';
import type { Problem } from '../problems/problem.ts';
import { describeFaults } from '../queue/refusals.ts';
import { settingsOfSource } from '../settings/source-settings.ts';
import { finish } from '../shared/steps.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Mapped } from './define-source.ts';
import type { FindSource, ServedSource } from './served-sources.ts';

interface MapEventDependencies {
  readonly findSource: FindSource;
  readonly rules: { readonly idCharacters: IdCharacters; readonly memberNames: readonly NameKind[] };
  readonly telemetry: Pick<Telemetry, 'metric'>;
}

/** A dead letter’s detail lists at most this many faults of an event, and this much of each. */
const most = { faults: 5, characters: 200 };

/**
 * Maps an event by its source, and checks what comes of it by the schema of every change. Each change is of the connection
 * of the source’s setting, whatever the event or its mapping says.
 */
export function createMapEvent({ findSource, rules, telemetry }: MapEventDependencies): MapEvent {
  let reader: ChangeReader | undefined;

  function read(mapped: object, connectionId: string): RequestedChange | string {
    reader ??= createChangeReader(rules.idCharacters, rules.memberNames);
    const faults = createFaultList();
    const value = { ...mapped, connectionId };
    const outlined = finish(reader.outline({ value, isEvent: false, door: 'source' }, faults));
    const change = outlined === null ? null : finish(reader.fromMessage(outlined, faults));
    if (change !== null) {
      const ofId = idFault(change.groupId, '', rules.idCharacters);
      if (ofId !== null) faults.add([ofId]);
    }
    if (change === null || !faults.isEmpty()) return describeFaults(faults.listed());
    return tooLarge(change)?.detail ?? change;
  }

  return async function mapEvent({ source: name, event }, isRepeated) {
    const served = findSource(name);
    if (served === null) return { changes: [], problem: notServed(name) };
    const changes: RequestedChange[] = [];
    const faults: string[] = [];
    for (const [index, mapped] of mapWith(served, event).entries()) {
      if ('ignored' in mapped) {
        if (!isRepeated)
          telemetry.metric('externalGroups.sources.ignored', 1, { source: name, reason: mapped.ignored });
      } else if ('unmapped' in mapped) faults.push(mapped.unmapped);
      else {
        const change = read(mapped, served.connectionId);
        if (typeof change === 'string') faults.push(`change ${index}: ${change}`);
        else changes.push(change);
      }
    }
    return { changes, problem: faults.length === 0 ? null : mappingFailed(name, faults) };
  };
}

/** The mapping is code of whoever runs the adapter: nothing that it throws or returns may harm more than its event. */
function mapWith({ source }: ServedSource, event: unknown): readonly Mapped[] {
  try {
    const mapped: Mapped | readonly Mapped[] = source.map(event);
    return [mapped]
      .flat()
      .map((one) => (isObject(one) ? one : { unmapped: 'the mapping does not return an object' }));
  } catch (thrown) {
    return [{ unmapped: thrown instanceof Error ? thrown.message : String(thrown) }];
  }
}

function isObject(value: unknown): value is Mapped {
  return typeof value === 'object' && value !== null;
}

function mappingFailed(source: string, faults: readonly string[]): Problem {
  const listed = faults.slice(0, most.faults).map((fault) => fault.slice(0, most.characters));
  const more = faults.length > most.faults ? `; and ${faults.length - most.faults} more` : '';
  const detail = `The source "${source}" cannot map the event: ${listed.join('; ')}${more}.`;
  return { code: 'mapping-failed', detail: detail.replace('..', '.'), members: {} };
}

function notServed(source: string): Problem {
  const settings = settingsOfSource(source).join(' and ');
  return {
    code: 'source-not-found',
    detail: `There is no source "${source}" in this app, or one of ${settings} is not set.`,
    members: {},
  };
}
