import type { CallSpec, Calls } from '../world/calls.ts';
import type { GraphSubject } from '../world/graph-port.ts';
import type { GraphRequest } from '../world/graph-service.ts';

/** Graph carries a write out within ten minutes of its beginning, or never. */
const landsWithin = 600_000;

export interface WriteUnderWay {
  readonly request: GraphRequest;
  /** Its last moment. */
  readonly landBy: number;
}

/** Writes about a group that may yet take effect. */
export function writesUnderWay({ pending, late }: Calls, groupId: string): WriteUnderWay[] {
  const found: WriteUnderWay[] = [];
  const consider = (spec: CallSpec<unknown>, landBy: number) => {
    const request = writeOf(spec);
    if (request === null) return;
    const of = 'group' in request ? request.group.id : request.groupId;
    if (of === groupId) found.push({ request, landBy });
  };
  for (const { spec, beganAt } of pending) consider(spec, beganAt + landsWithin);
  for (const { spec, landBy } of late) consider(spec, landBy);
  return found;
}

/** What a call asks Graph to write; null: it is none. */
export function writeOf({ service, subject, isRead }: CallSpec<unknown>): GraphRequest | null {
  if (service !== 'graph' || subject === undefined || isRead === true) return null;
  return (subject as GraphSubject).request;
}
