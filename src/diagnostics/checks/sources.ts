import { findSourceFaults, settingsOfSource } from '../../settings/source-settings.ts';
import { type CheckDefinition, type Finding, failed, passed, skipped } from '../check.ts';
import type { Runtime } from './runtime.ts';

/** Which sources are served, and which settings of sources serve none. */
export function sourceChecks(runtime: Runtime): readonly CheckDefinition[] {
  return [{ id: 'sources', title: 'Sources', look: () => findSources(runtime) }];
}

function findSources({ settings, variables, sources }: Runtime): Finding {
  const faults = findSourceFaults(variables, sources);
  const served = sources.flatMap((name) => {
    const setting = settings.sources.get(name);
    return setting === undefined ? [] : [`${name} (${setting.connectionId})`];
  });
  const isServed = served.length === 0 ? 'none is served' : `served: ${served.join(', ')}`;
  if (faults.length > 0)
    return failed(
      `${faults.map(({ seen }) => seen).join('; ')}; ${isServed}`,
      faults.map(({ fix }) => fix).join(' '),
    );
  if (served.length === 0)
    return skipped(`because no source is set up (${settingsOfSource('<name>').join(' and ')})`);
  const withoutNames =
    settings.memberNames.length > 0
      ? ''
      : '; MEMBER_NAMES is not set, so an event that names people by an address becomes a dead letter';
  return passed(`${isServed}${withoutNames}`);
}
